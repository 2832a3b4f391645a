// What a test sees of a view on the page. A view is the output that holds a picture and a caption of role status.
window.watch = (() => {
  const frame = () => new Promise(requestAnimationFrame);
  // After the paint of the frame that is under way: the message waits in the queue behind it.
  const painted = async () => {
    const { port1, port2 } = new MessageChannel();
    await frame();
    await new Promise(done => { port1.onmessage = done; port2.postMessage(0); });
  };
  const picture = view => view.querySelector('figure img');
  const caption = view => view.querySelector('figcaption[role=status]');
  const look = view => ({
    caption: caption(view)?.textContent,
    picture: picture(view)?.src,
    error: [...view.querySelectorAll('[role=alert]')].filter(one => one.checkVisibility()).map(one => one.textContent).join(),
  });
  const kernelIsIdle = () =>
    (window.jupyterapp?.shell.currentWidget.sessionContext.session.kernel.status ?? 'idle') === 'idle';
  const before = new WeakMap();

  const views = (root) => [...root.querySelectorAll('.jp-OutputArea-output')].filter(caption);

  const remember = (view) => { before.set(view, look(view)); };

  // What else can be used in a view than the test knows to use: nobody would have tried it.
  const KNOWN = '.noUi-handle, .widget-readout, .widget-toggle-button, .widget-play button, .widget-button, ' +
    '.widget-text input, [role=application]';
  const unknown = (view) => [...view.querySelectorAll('button, input, select, textarea, [tabindex], [contenteditable]')]
    .filter(one => !one.matches(KNOWN)).map(one => `a control that no test moves: ${one.outerHTML.slice(0, 120)}`);

  async function wrong(view) {
    const image = picture(view), text = caption(view)?.textContent, found = [];
    if (!image) return ['the picture is gone'];
    if (image.alt !== text) found.push(`the picture says ${image.alt}, its caption ${text}`);
    for (let tries = 0; tries < 5; tries++) {  // a picture that is replaced meanwhile is not decoded
        if (await image.decode().then(() => true, () => false)) break;
        await frame();
    }
    if (!image.isConnected) return found;  // the next one has come
    const cell = view.closest('.jp-Cell') ?? document.body;
    if (!image.naturalWidth) found.push('the picture cannot be decoded');
    else if (image.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1)
      found.push('the picture is wider than its cell');
    return found;
  }

  // Wait until caption and picture are others than those remembered, then look at them.
  async function changed(view, most) {
    const old = before.get(view), start = performance.now();
    for (;;) {
      const now = look(view);
      if (now.error) return [now.error];
      const same = ['caption', 'picture'].filter(what => now[what] === old[what]);
      if (!same.length) return wrong(view);
      if (performance.now() - start > most) return [`within ${most} ms the ${same.join(' and the ')} did not change`];
      await frame();
    }
  }

  async function unchanged(view, time) {
    const old = look(view);
    await new Promise(done => setTimeout(done, time));
    return look(view).caption === old.caption;
  }

  // Wait until nothing has changed for a moment and the kernel is idle.
  async function settled(view, quiet, most) {
    const start = performance.now();
    let old = look(view), since = start;
    while (performance.now() - since < quiet && performance.now() - start < most) {
      await frame();
      const now = look(view);
      if (now.caption !== old.caption || now.picture !== old.picture || !kernelIsIdle()) since = performance.now();
      old = now;
    }
  }

  // From the next keydown, by the time the browser stamped on it, to the paint of a new picture that is decoded.
  function timed(view, most) {
    const old = picture(view).src;
    return new Promise((done) => {
      const late = setTimeout(() => { observer.disconnect(); done(null); }, most);
      let start = null;
      const pressed = (event) => { start = event.timeStamp; };
      window.addEventListener('keydown', pressed, { capture: true, once: true });
      const observer = new MutationObserver(async () => {
        const image = picture(view);
        if (start === null || !image || image.src === old) return;
        observer.disconnect();
        await image.decode().catch(() => {});
        await painted();
        clearTimeout(late);
        done(performance.now() - start);
      });
      observer.observe(view, { childList: true, subtree: true, attributes: true, attributeFilter: ['src'] });
    });
  }

  let timing = null;
  const startTiming = async (view, quiet, most) => {
    await settled(view, quiet, most);
    timing = timed(view, most);
  };
  const stopTiming = () => timing;

  return { views, remember, unknown, wrong, changed, unchanged, settled, startTiming, stopTiming };
})();
