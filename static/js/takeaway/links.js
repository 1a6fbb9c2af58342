// What staff take with them, and the record of what they did. templates/takeaway/links.html draws the same.

import { html } from "../../vendor/preact.standalone.module.js";
import { useApp } from "../shared/context.js";

export function TakeWithYou() {
  const { boot, t } = useApp();
  const desk = `${boot.base}/desk`;
  return html`<section class="desk__part desk__takeaway" id="takeaway" aria-labelledby="h-takeaway">
    <div class="desk__head"><h2 id="h-takeaway">${t("Take with you")}</h2></div>
    <p>
      ${t("All questions, with what became of them and the answers in writing. Hidden names stay hidden.")}
    </p>
    <ul class="takeaway__files">
      <li><a href=${`${desk}/questions.pdf`} download="">${t("To print (PDF)")}</a></li>
      <li><a href=${`${desk}/questions.xlsx`} download="">${t("For a spreadsheet (XLSX)")}</a></li>
      <li><a href=${`${desk}/questions.csv`} download="">${t("As a table (CSV)")}</a></li>
      <li><a href=${`${desk}/questions.json`} download="">${t("For a program (JSON)")}</a></li>
    </ul>
    <p><a href=${`${desk}/audit`}>${t("What staff did")}</a></p>
  </section>`;
}
