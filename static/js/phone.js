// Counts down the code for one's own phone, and says when the phone is in.

const shown = document.getElementById("shown");
if (shown) {
  const left = document.getElementById("left");
  const over = Date.now() + Number(shown.dataset.seconds) * 1000; // counted here: the two clocks may differ
  let asked = 0;
  const end = (words) => {
    clearInterval(every);
    document.getElementById("qr").remove();
    left.textContent = words;
  };
  const every = setInterval(async () => {
    const seconds = Math.round((over - Date.now()) / 1000);
    if (seconds <= 0) return end(shown.dataset.over);
    // said aloud every half minute only
    if (seconds % 30 === 0 || seconds === 10) left.textContent = shown.dataset.left.replace("{n}", seconds);
    if (Date.now() - asked < 2500) return;
    asked = Date.now();
    const answer = await fetch(`${shown.dataset.state}?id=${shown.dataset.id}`).catch(() => null);
    const state = answer?.ok ? (await answer.json()).state : "waiting";
    if (state === "used") end(shown.dataset.used);
    if (state === "over") end(shown.dataset.over);
  }, 1000);
}
