// One after the other, as somebody would; returns what was seen after each.
const steps = {};
steps.whole = [ticks(), stretch()];
click("closer");
steps.closer = [ticks(), stretch(), apart() < 1];
key("ArrowRight");
steps.later = stretch();
key("0");
wheel(0.2, -100, {});
steps.unmeant = stretch();
wheel(0.2, -100, { ctrlKey: true });
steps.wheel = [stretch(), apart() < 1];
picture.focus();
wheel(0.2, 100, {});
steps.meant = stretch();
for (let time = 0; time < 20; time += 1) key("+");
steps.closest = [stretch(), document.getElementById("closer").getAttribute("aria-disabled")];
const mark = document.querySelector('.mark[href="#row-5"]');
steps.hidden = mark.classList.contains("beyond");
mark.focus();
steps.focused = [mark.classList.contains("beyond"), stretch(), document.getElementById("shown").textContent];
key("-", mark);
steps.wider = stretch();
click("whole");
for (const [type, share] of [["pointerdown", 0.5], ["pointermove", 0.6], ["pointerup", 0.6]]) {
  picture.setPointerCapture = () => {};
  picture.dispatchEvent(new PointerEvent(type, { clientX: at(share), button: 0, pointerType: "mouse", bubbles: true }));
}
steps.dragged = [stretch(), picture.querySelectorAll(".drag").length];
window.dispatchEvent(new Event("beforeprint"));
steps.print = [stretch(), [...document.querySelectorAll("details")].every((one) => one.open)];
window.dispatchEvent(new Event("afterprint"));
steps.printed = [stretch(), [...document.querySelectorAll("details")].some((one) => one.open)];
document.querySelector('.mark[href="#row-7"]').dispatchEvent(new MouseEvent("mouseenter"));
steps.pointed = document.getElementById("shown").textContent;
const filter = document.getElementById("filter");
filter.value = "ROLLBACK";
filter.dispatchEvent(new Event("input"));
steps.filtered = [
  [...document.querySelectorAll("tbody tr")].filter((one) => !one.hidden).map((one) => one.id),
  document.querySelectorAll(".mark:not(.away)").length, document.getElementById("counted").textContent];
return steps;
