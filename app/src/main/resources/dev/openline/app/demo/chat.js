// Chat: a channel of mode every for what is said, one of mode transient for who is typing.
import { byTestId, element, timeOfDay } from './element.js';
import { ScrollEnd } from './scroll-end.js';

const LOBBY = 'chat:lobby';
const TYPING = 'typing:lobby';
const LATE_JOINER_SEES = 50;
const MAX_SHOWN = 200;
const MAX_TEXT = 500;
const MAX_NAME = 24;
const TYPING_EVERY_MS = 1500;
const TYPING_LASTS_MS = 3000;
const MAX_SHOWN_WAITING = 3;
/** What is sent sooner is not worth a line of its own. */
const WAITS_VISIBLY_AFTER_MS = 400;
const MOODS = ['Calm', 'Brave', 'Quiet', 'Merry', 'Swift', 'Gentle', 'Bright', 'Patient', 'Curious', 'Sunny'];
const ANIMALS = ['Otter', 'Heron', 'Badger', 'Finch', 'Lynx', 'Hare', 'Robin', 'Seal', 'Wren', 'Fox'];

const oneOf = (list) => list[Math.floor(Math.random() * list.length)];

/** The visitor's name: the one of last time, or a friendly one. */
export function visitorName() {
  return localStorage.getItem('openline.name') || keepName(`${oneOf(MOODS)} ${oneOf(ANIMALS)}`);
}

function keepName(name) {
  localStorage.setItem('openline.name', name);
  return name;
}

/** Connections end, the visitor stays: all client ids that were this tab's. */
const mine = new Set(JSON.parse(sessionStorage.getItem('openline.clients') ?? '[]'));

function thisIsMe(clientId) {
  mine.add(clientId);
  sessionStorage.setItem('openline.clients', JSON.stringify([...mine].slice(-50)));
}

/** Of this tab: another one may send what was said here, and its client id is not ours. */
const tab = sessionStorage.getItem('openline.tab') ?? String(Math.random());
sessionStorage.setItem('openline.tab', tab);

const isMine = ({ info, data }) => mine.has(info?.client) || data.tab === tab;

export function startChat(line, panel) {
  const audit = panel.audit(LOBBY);
  const messages = new Messages();
  const presence = new Presence();
  const typing = new Typing();
  line.on('state', ({ state, clientId }) => (state === 'connected' ? thisIsMe(clientId) : presence.past()));

  const lobby = line.subscribe(LOBBY, {
    joinLeave: true,
    recoverable: true,
    positioned: true,
    onState(event) {
      audit.state(event);
      if (event.state !== 'subscribed') return;
      messages.away(0);
      messages.begin(event.position?.epoch);
      if (!event.recovered) loadPast(lobby, messages);
      presence.asked();
      lobby.presence().then((entries) => presence.set(entries), () => {}); // asked again after the next redial
    },
    onPublication(publication, how) {
      audit.publication(publication, how);
      typing.stop(publication.info?.client ?? nameIn(publication));
      messages.add(publication, how);
    },
    onJoin: (info) => presence.join(info),
    onLeave: (info) => {
      presence.leave(info);
      typing.stop(info.client);
    },
  });
  const dots = line.subscribe(TYPING, {
    onPublication: (dots) => mine.has(dots.info?.client) || typing.start(dots.info?.client ?? nameIn(dots), nameIn(dots)),
  });
  new Composer(line, dots);
  new Waiting(line.outbox);
  return { [LOBBY]: lobby, [TYPING]: dots };
}

async function loadPast(lobby, messages) {
  try {
    const past = await lobby.history({ limit: LATE_JOINER_SEES, reverse: true });
    for (const publication of past.publications.reverse()) messages.add(publication, 'past');
  } catch {
    // the line was lost meanwhile; the next subscribe loads it
  }
}

class Messages {
  #list = byTestId('chat-messages');
  #newer = byTestId('chat-newer');
  #end = new ScrollEnd(byTestId('chat-scroll'), () => (this.#newer.hidden = true));
  #byOffset = new Map();
  #epoch = null;
  #away = null;

  constructor() {
    this.#newer.addEventListener('click', () => this.#end.go());
  }

  /** Offsets of another epoch mean other messages. */
  begin(epoch) {
    if (this.#epoch !== null && this.#epoch !== epoch) {
      this.#byOffset.clear();
      this.#list.replaceChildren();
      this.#end.go();
    }
    this.#epoch = epoch;
  }

  /** A new absence is counted from here. */
  away() {
    this.#away = null;
  }

  add(publication, how) {
    const { offset, data } = publication;
    if (this.#byOffset.has(offset) || typeof data?.text !== 'string') return;
    const row = this.#row(publication, how);
    row.dataset.offset = offset;
    this.#insert(row, offset);
    this.#byOffset.set(offset, row);
    if (how === 'recovered') this.#markAway(row);
    while (this.#byOffset.size > MAX_SHOWN) this.#dropOldest();
    if (this.#end.follows || isMine(publication)) this.#end.go();
    else if (how !== 'past') this.#newer.hidden = false;
  }

  #row(publication, how) {
    const { data } = publication;
    const name = nameIn(publication);
    const row = element(
      'li',
      { data: { testid: 'chat-message', how } },
      element('span', { className: 'face', textContent: initials(name), ariaHidden: 'true' }),
      element('div', { className: 'who' }, element('b', { textContent: name }), element('time', { textContent: timeOfDay(data.at ?? Date.now()) })),
      element('p', { textContent: data.text.slice(0, MAX_TEXT) }),
    );
    row.style.setProperty('--hue', hue(name));
    if (isMine(publication)) row.classList.add('own');
    return row;
  }

  #insert(row, offset) {
    let after = this.#list.lastElementChild;
    while (after && !(Number(after.dataset.offset) < offset)) after = after.previousElementSibling;
    if (after) after.after(row);
    else this.#list.prepend(row);
  }

  #markAway(row) {
    if (!this.#away) {
      this.#away = { count: 0, divider: element('li', { className: 'away', data: { testid: 'chat-away', offset: Number(row.dataset.offset) - 0.5 } }) };
      row.before(this.#away.divider);
    }
    this.#away.count++;
    this.#away.divider.textContent = `while you were away: ${this.#away.count}`;
  }

  #dropOldest() {
    const first = this.#list.firstElementChild;
    this.#byOffset.delete(Number(first.dataset.offset));
    first.remove();
  }
}

/** The name in a publication, or of who sent it; anybody may say anything, so it need not be a name. */
function nameIn({ data, info }) {
  const named = [data?.name, info?.conn_info?.name].find((name) => name && typeof name === 'string');
  return [...(named ?? 'Somebody')].slice(0, MAX_NAME).join('');
}

const initials = (name) => name.split(/\s+/).map((word) => [...word][0] ?? '').slice(0, 2).join('').toUpperCase();

/** Names that differ by a letter get colours that differ by more: 137 degrees, the golden angle, for each step. */
const hue = (name) => ([...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) * 137) % 360;

/** Who is here: asked once after each subscribe, and told from then on. */
class Presence {
  #here = new Map();
  /** Who came and went since it was asked; an answer may be read after newer news. */
  #meanwhile = [];
  #list = byTestId('presence');

  constructor() {
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#close());
    document.addEventListener('pointerdown', ({ target }) => this.#list.contains(target) || this.#close());
  }

  /** Without a line nobody tells who comes and goes: what is known is how it was. */
  past() {
    this.#list.dataset.state = 'past';
    this.#draw();
  }

  asked() {
    this.#meanwhile = [];
  }

  set(entries) {
    this.#here = new Map(Object.values(entries).map((info) => [info.client, info]));
    for (const change of this.#meanwhile.splice(0)) change();
    this.#list.dataset.state = 'now';
    this.#draw();
  }

  join(info) {
    this.#change(() => this.#here.set(info.client, info));
  }

  leave(info) {
    this.#change(() => this.#here.delete(info.client));
  }

  #change(change) {
    this.#meanwhile.push(change);
    if (this.#meanwhile.length > MAX_SHOWN) this.#meanwhile.shift();
    change();
    this.#draw();
  }

  #draw() {
    const names = [...this.#here.values()].map((info) => (info.conn_info?.name ?? 'somebody') + (mine.has(info.client) ? ' (you)' : '')).sort();
    byTestId('presence-count').textContent = names.length;
    byTestId('presence-when').textContent = this.#list.dataset.state === 'past' && names.length ? (names.length === 1 ? 'was here' : 'were here') : 'here';
    this.#list.title = names.join(', ');
    byTestId('presence-names').replaceChildren(...names.map((name) => element('li', { textContent: name })));
  }

  /** It lies on the messages, so it goes as easily as it came. */
  #close() {
    if (!this.#list.open) return;
    const focused = this.#list.contains(document.activeElement);
    this.#list.open = false;
    if (focused) this.#list.firstElementChild.focus();
  }
}

/** Who is typing. Nobody says that they stopped: it wears off, or their message comes. */
class Typing {
  #place = byTestId('typing');
  #timers = new Map();
  #names = new Map();

  start(who, name) {
    clearTimeout(this.#timers.get(who));
    this.#names.set(who, name);
    this.#timers.set(who, setTimeout(() => this.stop(who), TYPING_LASTS_MS));
    this.#draw();
  }

  stop(who) {
    clearTimeout(this.#timers.get(who));
    this.#timers.delete(who);
    if (this.#names.delete(who)) this.#draw();
  }

  #draw() {
    const names = [...this.#names.values()];
    const text = names.length > 2 ? `${names.length} people are typing` : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing`;
    if (!names.length) return this.#place.replaceChildren();
    this.#place.replaceChildren(element('span', { textContent: text }), element('span', { className: 'dots', ariaHidden: 'true' }, element('i'), element('i'), element('i')));
  }
}

/** What was said and has not arrived yet, of all tabs; it outlives the line, and this page. */
class Waiting {
  #outbox;
  #list = byTestId('chat-waiting');

  constructor(outbox) {
    this.#outbox = outbox;
    outbox.addEventListener('change', () => this.#changed());
    this.#changed();
  }

  #changed() {
    this.#draw();
    if (this.#outbox.count) setTimeout(() => this.#draw(), WAITS_VISIBLY_AFTER_MS);
  }

  #draw() {
    const waiting = this.#outbox.waiting.filter(({ since }) => Date.now() - since >= WAITS_VISIBLY_AFTER_MS);
    const shown = waiting.slice(0, MAX_SHOWN_WAITING).map(({ data }) => `waits for the line: ${data.text}`);
    if (waiting.length > shown.length) shown.push(`and ${waiting.length - shown.length} more`);
    this.#list.replaceChildren(...shown.map((textContent) => element('li', { textContent })));
  }
}

class Composer {
  #line;
  #dots;
  #name = byTestId('name-field');
  #text = byTestId('chat-input');
  #problem = byTestId('chat-problem');
  #typedAt = 0;

  constructor(line, dots) {
    this.#line = line;
    this.#dots = dots;
    this.#name.value = visitorName();
    this.#name.addEventListener('change', () => this.#rename());
    this.#text.addEventListener('input', () => this.#typing());
    line.outbox.addEventListener('settled', ({ detail: { data, error } }) => error && this.#tell(data.text, error));
    byTestId('chat-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  /** The name is told with connect, so that presence knows it: hang up, and dial under the new one. */
  #rename() {
    const name = this.#name.value.trim().slice(0, MAX_NAME) || visitorName();
    this.#name.value = name;
    if (name === this.#line.data.name) return;
    this.#line.data = { name: keepName(name) };
    this.#line.disconnect();
    this.#line.connect();
  }

  #typing() {
    this.#problem.textContent = '';
    const now = Date.now();
    if (!this.#text.value || this.#line.state !== 'connected' || now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#dots.publish({ name: this.#line.data.name }).catch(() => {}); // nothing is lost when this is
  }

  #send() {
    const text = this.#text.value.trim().slice(0, MAX_TEXT);
    if (!text) return;
    this.#rename();
    this.#text.value = '';
    this.#typedAt = 0;
    this.#problem.textContent = '';
    // It may come long after: what becomes of it is told by the outbox, to whichever page is open then.
    this.#line.outbox.publish(LOBBY, { name: this.#line.data.name, text, at: Date.now(), tab }).catch((error) => this.#tell(text, error));
  }

  #tell(text, { code, message }) {
    this.#problem.textContent = code === 16 ? `Look whether “${text}” arrived before you say it again: ${message}.` : `Not sent: “${text}” (${message}).`;
  }
}
