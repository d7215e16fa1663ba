// What tests do in a page with a picture.
const picture = document.querySelector(".picture");
const click = (id) => document.getElementById(id).click();
const key = (name, on = picture) => on.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
// Where on the screen a share of the time axis lies.
const at = (share) => {
  const box = picture.getBoundingClientRect();
  return box.left + (box.width * (150 + share * 790)) / 960;
};
const wheel = (share, deltaY, more) =>
  picture.dispatchEvent(
    new WheelEvent("wheel", { clientX: at(share), deltaY, bubbles: true, cancelable: true, ...more }),
  );
const ticks = () => [...picture.querySelectorAll(".ticks text")].map((one) => one.textContent);
const stretch = () => document.getElementById("stretch").textContent;
const centre = (one) => {
  const box = one.getBoundingClientRect();
  return (box.left + box.right) / 2;
};
// How far apart the alert's mark and the begin of its span stand.
const apart = () =>
  Math.abs(
    picture.querySelector("rect.alert").getBoundingClientRect().left - centre(picture.querySelector(".bad rect")),
  );
