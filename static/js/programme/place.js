// An item that is for another place than the reader's, in words. templates/programme/place.html says the same.

import { backOn, isAway } from "./tracks.js";

/**
 * @param {{t: any, times: any}} app @param {object[]} line what is followed, in order
 * @param {string | null} place hall, web, or null where nobody asks
 * @returns {(item: object) => string | null}
 */
export function awayWords({ t, times }, line, place) {
  return (item) => {
    if (!isAway(line, item, place)) return null;
    const back = backOn(line, item, place);
    const time = times.time(back?.expected_start);
    const day = back && back.day !== item.day ? times.date(back.expected_start) : null;
    if (place === "web") {
      if (day) return t("In the hall only. The web is back {day} about {time}.", { day, time });
      return back ? t("In the hall only. The web is back about {time}.", { time }) : t("In the hall only.");
    }
    if (day) return t("On the web only. The hall is back {day} about {time}.", { day, time });
    return back ? t("On the web only. The hall is back about {time}.", { time }) : t("On the web only.");
  };
}
