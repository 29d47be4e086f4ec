/** An element with properties and children; texts become text nodes, so nothing that a visitor wrote is ever markup. */
export function element(tag, { data = {}, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  for (const [key, value] of Object.entries(data)) made.dataset[key] = value;
  made.append(...children);
  return made;
}

/** The one element of the page with this test id. */
export const byTestId = (id, within = document) => within.querySelector(`[data-testid="${id}"]`);

/** Writes a text, and touches the page only if it changed. */
export function write(place, value) {
  const text = String(value);
  if (place.textContent !== text) place.textContent = text;
}

/** The time of a clock; whoever sends one may send anything, and what is no time is not shown as one. */
export function timeOfDay(at) {
  const time = new Date(typeof at === 'number' ? at : NaN);
  return Number.isNaN(time.getTime()) ? '--:--:--' : time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
}
