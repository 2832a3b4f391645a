// Sends where a picture is touched, shows the picture that comes back. Fractions of the picture, from its lower left.
const STEP = 0.02, SMALL_STEP = 0.004;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const KEYS = {
  drag: "Arrow keys move.",
  click: "Arrow keys move the ring, Enter or Space clicks.",
  paint: "Arrow keys move the ring, Space makes a dot, Shift with an arrow key draws.",
};

function render({ model, el }) {
  const make = (tag, parent, style) => {
    const node = parent.appendChild(document.createElement(tag));
    node.style.cssText = style;
    return node;
  };
  const [width, height] = model.get("size"), gesture = model.get("gesture");
  const figure = make("figure", el, "margin:0");
  const stage = make("div", figure, `position:relative;width:${width}px;max-width:100%`);
  const img = make("img", stage, "display:block;width:100%;height:auto;background:#fff;user-select:none");
  const ring = make("div", stage, "position:absolute;width:14px;height:14px;margin:-9px;border:2px solid #CC3311;" +
    "border-radius:50%;box-shadow:0 0 0 2px #fff;pointer-events:none");
  const error = make("pre", stage, "position:absolute;inset:0;margin:0;overflow:auto;background:#fff;color:#222");
  const caption = make("figcaption", figure, `max-width:${Math.max(width, 600)}px;line-height:1.4`);
  img.width = width;
  img.height = height;
  img.draggable = false;
  if (gesture) {
    stage.style.cssText += "touch-action:none;cursor:crosshair";
    stage.tabIndex = 0;
    stage.setAttribute("role", "application");
    stage.setAttribute("aria-label", `${model.get("title")}. ${KEYS[gesture]}`);
    stage.title = KEYS[gesture];
  }
  error.setAttribute("role", "alert");
  caption.setAttribute("role", "status");
  ring.hidden = true;

  // One message is on its way at a time. Of a drag only the newest place counts; of a stroke, all of them.
  let place = model.get("ring"), busy = false, stroke = false, waiting = [];
  const send = (first) => {
    if (gesture === "drag" && !first) waiting = waiting.filter(point => point[2]);
    waiting.push([...place, first]);
    flush();
  };
  const flush = () => {
    if (busy || !waiting.length) return;
    busy = true;
    model.send({ points: waiting });
    waiting = [];
  };
  const done = (message) => { if (message.done) { busy = false; flush(); } };

  let address = null;
  const show = async () => {
    const next = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    const old = address;
    address = img.src = next;
    await img.decode().catch(() => {});
    if (old) URL.revokeObjectURL(old);
  };
  const say = () => {
    img.alt = caption.textContent = model.get("alt");
    error.textContent = model.get("error");
    error.hidden = !model.get("error");
  };
  const drawRing = () => {
    ring.style.left = `${100 * place[0]}%`;
    ring.style.top = `${100 * (1 - place[1])}%`;
  };

  const go = (x, y) => {
    place = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
    drawRing();
  };
  const goTo = (event) => {
    const box = img.getBoundingClientRect();
    go((event.clientX - box.x) / box.width, 1 - (event.clientY - box.y) / box.height);
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button || !gesture) return;
    stage.setPointerCapture(event.pointerId);
    stage.focus({ preventScroll: true });
    ring.hidden = true;
    stroke = false;
    goTo(event);
    send(true);
  });
  stage.addEventListener("pointermove", (event) => {
    if (gesture === "click" || !stage.hasPointerCapture(event.pointerId)) return;
    const passed = gesture === "paint" ? event.getCoalescedEvents?.() ?? [] : [];
    for (const one of passed.length ? passed : [event]) {
      goTo(one);
      send(false);
    }
  });
  stage.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key], step = event.altKey ? SMALL_STEP : STEP;
    const touches = gesture !== "drag" && (event.key === "Enter" || event.key === " ");
    if (!gesture || (!arrow && !touches)) return;
    event.preventDefault();
    const draws = gesture === "paint" && arrow && event.shiftKey;
    ring.hidden = gesture === "drag";
    if (draws && !stroke) send(true);
    stroke = draws;
    if (arrow) go(place[0] + step * arrow[0], place[1] + step * arrow[1]);
    if (draws) send(false);
    else if (touches || gesture === "drag") send(true);
  });
  stage.addEventListener("blur", () => { ring.hidden = true; });
  // Otherwise JupyterLab takes the keys: arrows would change the cell, letters run commands.
  const keep = (event) => event.stopPropagation();
  el.addEventListener("keydown", keep);

  const listeners = [["msg:custom", done], ["change:png", show], ["change:alt", say], ["change:error", say]];
  for (const [name, listener] of listeners) model.on(name, listener);
  drawRing();
  say();
  show();
  return () => {
    for (const [name, listener] of listeners) model.off(name, listener);
    el.removeEventListener("keydown", keep);
    if (address) URL.revokeObjectURL(address);
  };
}

export default { render };
