// Zooms into the picture: marks, curves, alerts and clock follow the stretch of time that is shown.
const picture = document.querySelector(".picture");
const known = picture ? picture.dataset : {};
const [left, right, first, last] = ["left", "right", "start", "end"].map((name) => Number(known[name]));
const offsets = (known.offsets ?? "").split(" ").map((one) => one.split(":").map(Number));
const ticks = picture?.querySelector(".ticks");
const stretch = document.getElementById("stretch");
const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
];
// As axis.py has it.
const LETTER = 6.5;
const width = picture?.viewBox.baseVal.width;
const LEAST = Math.min(10, last - first);
let from = first;
let until = last;

const place = (second) => left + ((second - from) / (until - from)) * (right - left);
const second = (x) => from + ((x - left) / (right - left)) * (until - from);

// As the clock of the table: the minute, below that the second, with the date or the offset where it takes them.
const clock = (moment, seconds) => {
  const offset = offsets.findLast(([since]) => since <= moment)?.[1] ?? offsets[0][1];
  const local = new Date((moment + offset) * 1000).toISOString();
  const day = local.slice(0, 10) === known.day ? "" : `${local.slice(0, 10)} `;
  const pad = (number) => String(number).padStart(2, "0");
  const away = Math.abs(offset);
  const zone = `${offset < 0 ? "-" : "+"}${pad(Math.floor(away / 3600))}:${pad(Math.floor(away / 60) % 60)}`;
  return `${day}${local.slice(11, seconds ? 19 : 16)}${"putBack" in known ? zone : ""}`;
};

const element = (name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

const drawTicks = () => {
  const [top, bottom] = ticks
    .querySelector("path")
    .getAttribute("d")
    .match(/[\d.]+/g)
    .slice(1)
    .map(Number);
  const most = (seconds) => {
    const letters = Math.max(clock(from, seconds).length, clock(until, seconds).length);
    return Math.min(9, Math.floor((right - left) / (letters * LETTER + 14)));
  };
  const fits = (step) => (until - from) / step <= most(step < 60);
  const step = STEPS.find(fits) ?? 604800 * (1 + Math.floor((until - from) / 604800 / most(false)));
  const shift = offsets[0][1];
  ticks.replaceChildren();
  for (let at = Math.ceil((Math.floor(from) + shift) / step) * step - shift; at <= until; at += step) {
    if (at < from) continue;
    const x = place(at).toFixed(1);
    const text = clock(at, step < 60);
    const cut = Number(x) + (text.length * LETTER) / 2 > width;
    const where = cut ? { x: width - 2, "text-anchor": "end" } : { x, "text-anchor": "middle" };
    const label = element("text", { class: "label", y: bottom + 17, ...where });
    label.textContent = text;
    ticks.append(element("path", { class: "grid", d: `M${x} ${top}V${bottom}` }), label);
  }
};

const zoom = (start, end) => {
  const span = Math.min(Math.max(end - start, LEAST), last - first);
  from = Math.min(Math.max((start + end - span) / 2, first), last - span);
  until = from + span;
  const times = (last - first) / span;
  const shift = place(first) - times * left;
  for (const one of picture.querySelectorAll(".curve, .alert")) {
    one.setAttribute("transform", `translate(${shift.toFixed(3)} 0) scale(${times.toFixed(6)} 1)`);
  }
  for (const one of picture.querySelectorAll(".mark")) {
    const x = Number(one.dataset.x);
    const now = shift + x * times;
    one.setAttribute("transform", `translate(${(now - x).toFixed(1)} 0)`);
    one.classList.toggle("beyond", now < left - 0.1 || now > right + 0.1);
  }
  drawTicks();
  const seconds = span < 600;
  stretch.textContent = times > 1 ? `${clock(from, seconds)} to ${clock(until, seconds)}` : "";
  for (const [id, ends] of [
    ["wider", times <= 1],
    ["whole", times <= 1],
    ["closer", span <= LEAST],
  ]) {
    document.getElementById(id).setAttribute("aria-disabled", ends);
  }
  document.getElementById("earlier").setAttribute("aria-disabled", from <= first);
  document.getElementById("later").setAttribute("aria-disabled", until >= last);
};

// Around a mark that has the focus, else around the middle.
const middle = () => {
  const mark = document.activeElement?.closest(".mark");
  return mark ? first + ((mark.dataset.x - left) / (right - left)) * (last - first) : (from + until) / 2;
};
const scaled = (factor, around) => zoom(around - (around - from) * factor, around + (until - around) * factor);
const moved = (share) => {
  const by = Math.min(Math.max((until - from) * share, first - from), last - until);
  zoom(from + by, until + by);
};
const actions = {
  closer: () => scaled(0.5, middle()),
  wider: () => scaled(2, middle()),
  earlier: () => moved(-0.25),
  later: () => moved(0.25),
  whole: () => zoom(first, last),
};
const keys = { "+": "closer", "=": "closer", "-": "wider", ArrowLeft: "earlier", ArrowRight: "later", 0: "whole" };

const wheel = (event) => {
  const meant = event.ctrlKey || event.metaKey;
  if (!meant && !picture.contains(document.activeElement)) return;
  // Where nothing is left to zoom out of, the page scrolls on.
  if (!meant && event.deltaY > 0 && until - from >= last - first) return;
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) moved(event.deltaX / 1000);
  else scaled(event.deltaY > 0 ? 1.25 : 0.8, second(pointed(event)));
  event.preventDefault();
};

const pointed = (event) => {
  const box = picture.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * picture.viewBox.baseVal.width;
  return Math.min(Math.max(x, left), right);
};

const drag = (event) => {
  if (event.pointerType === "touch" || event.button !== 0 || event.target.closest(".mark")) return;
  event.preventDefault();
  picture.focus({ preventScroll: true });
  const begun = pointed(event);
  const box = picture.querySelector("svg").viewBox.baseVal;
  const drawn = element("rect", { class: "drag", y: box.y, height: box.height });
  picture.append(drawn);
  picture.setPointerCapture(event.pointerId);
  let ended = begun;
  const move = (next) => {
    ended = pointed(next);
    drawn.setAttribute("x", Math.min(begun, ended));
    drawn.setAttribute("width", Math.abs(ended - begun));
  };
  const stop = (next) => {
    for (const [name, react] of [
      ["pointermove", move],
      ["pointerup", stop],
      ["pointercancel", stop],
    ]) {
      picture.removeEventListener(name, react);
    }
    drawn.remove();
    if (next.type === "pointerup" && Math.abs(ended - begun) > 5) {
      zoom(second(Math.min(begun, ended)), second(Math.max(begun, ended)));
    }
  };
  picture.addEventListener("pointermove", move);
  picture.addEventListener("pointerup", stop);
  picture.addEventListener("pointercancel", stop);
};

if (picture) {
  picture.setAttribute("tabindex", "0");
  picture.setAttribute("aria-describedby", "zooming");
  for (const [id, act] of Object.entries(actions)) document.getElementById(id).addEventListener("click", act);
  picture.addEventListener("keydown", (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
    if (!action) return;
    actions[action]();
    event.preventDefault();
  });
  picture.addEventListener("wheel", wheel, { passive: false });
  picture.addEventListener("pointerdown", drag);
  picture.addEventListener("dblclick", actions.whole);
  // Who moves from mark to mark with Tab sees each.
  picture.addEventListener("focusin", () => {
    const at = middle();
    if (at < from || at > until) zoom(at - (until - from) / 2, at + (until - from) / 2);
  });
  let shownOnScreen = null;
  window.addEventListener("beforeprint", () => {
    shownOnScreen = [from, until];
    actions.whole();
  });
  window.addEventListener("afterprint", () => shownOnScreen && zoom(...shownOnScreen));
  zoom(first, last);
}
