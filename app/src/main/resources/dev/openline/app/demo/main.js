// Joins the page to one line. Each example is a module of its own; this one only says what there is.
import { Openline } from '/openline.js';
import { Outbox } from '/openline-outbox.js';
import { startAuction } from './auction.js';
import { startChat, visitorName } from './chat.js';
import { LinePanel } from './line-panel.js';
import { startTicker } from './ticker.js';

// Of all tabs of this browser: what one of them said before it was closed, another sends.
const outbox = new Outbox({ name: 'openline-demo' });
const line = new Openline('/connection/websocket', { data: { name: visitorName() }, outbox });
const panel = new LinePanel(line);
const subs = {};

// For the browser's console, and for tests.
window.openlineDemo = { line, subs };

Object.assign(subs, startChat(line, panel), startAuction(line, panel));
line.connect();
try {
  Object.assign(subs, await startTicker(line, panel));
} catch (error) {
  panel.tell('bad', `no ticker: ${error.message}`);
}
