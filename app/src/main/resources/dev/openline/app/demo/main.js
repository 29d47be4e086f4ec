// Joins the page to one line. Each example is a module of its own; this one only says what there is.
import { Openline } from '/openline.js';
import { startAuction } from './auction.js';
import { startChat, visitorName } from './chat.js';
import { LinePanel } from './line-panel.js';
import { startTicker } from './ticker.js';

const line = new Openline('/connection/websocket', { data: { name: visitorName() } });
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
