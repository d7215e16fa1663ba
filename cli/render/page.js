"use strict";
// Evidence where somebody points, the filter, and everything unfolded on paper.
const rows = [...document.querySelectorAll("tbody tr")];
const marks = [...document.querySelectorAll(".picture .mark")];
const shown = document.getElementById("shown");
const filter = document.getElementById("filter");
const counted = document.getElementById("counted");

const show = (mark) => {
  const row = document.getElementById(mark.getAttribute("href").slice(1));
  rows.forEach((one) => one.classList.toggle("shown", one === row));
  const text = document.createElement("p");
  text.textContent = mark.getAttribute("aria-label");
  const evidence = row.querySelector("ul");
  shown.replaceChildren(text, ...(evidence ? [evidence.cloneNode(true)] : []));
};
for (const mark of marks) {
  mark.addEventListener("mouseenter", () => show(mark));
  mark.addEventListener("focus", () => show(mark));
}

filter?.addEventListener("input", () => {
  const wanted = filter.value.toLowerCase();
  let number = 0;
  rows.forEach((row) => {
    const hidden = !row.textContent.toLowerCase().includes(wanted);
    row.hidden = hidden;
    document.querySelector(`.mark[href="#${row.id}"]`)?.classList.toggle("away", hidden);
    if (!hidden) number += 1;
  });
  counted.textContent = `${number} of ${rows.length} rows`;
});

const folded = [...document.querySelectorAll("details")];
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = folded.filter((one) => !one.open);
  opened.forEach((one) => {
    one.open = true;
  });
});
window.addEventListener("afterprint", () =>
  opened.forEach((one) => {
    one.open = false;
  }),
);
for (const part of document.querySelectorAll(".screen")) part.hidden = false;
