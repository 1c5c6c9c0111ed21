// Steps through a recording. All that it shows is on the page already: without it, nothing is missing but the stepping.
'use strict';
(() => {
    const ICONS = {
        first: 'M2 2h2v12H2zM14 2v12L5 8z',
        back: 'M10.5 2 4.5 8l6 6L12 12.5 7.5 8 12 3.5z',
        play: 'M4 2v12l10-6z',
        pause: 'M3 2h4v12H3zM9 2h4v12H9z',
        forward: 'M5.5 2l6 6-6 6L4 12.5 8.5 8 4 3.5z',
        last: 'M12 2h2v12h-2zM2 2v12l9-6z',
    };
    // What a step has, by its kind: p program, h thread, l line, w waits, x text, e on standard error, b bare
    // acknowledgement, f fields, s socket.
    const HAS = { c: 'p h l w', r: 'p h l w', p: 'p h l x e', t: 'p x', s: 'b f', S: 's x', e: 'p' };
    const step = ([k, y, n, ...rest]) => Object.fromEntries([['k', k], ['y', y], ['n', n], ...HAS[k].split(' ').map((name, at) => [name, rest[at]])]);
    // What TCP's states mean (RFC 9293, section 3.3.2).
    const MEANINGS = {
        'LISTEN': 'It waits for anybody’s SYN.',
        'SYN-SENT': 'It has sent its SYN and waits for the peer’s.',
        'SYN-RECEIVED': 'It has received a SYN and sent its own; it waits for that to be acknowledged.',
        'ESTABLISHED': 'The connection is open: bytes may flow both ways.',
        'FIN-WAIT-1': 'It has sent its FIN and will send no more bytes; it waits for the FIN to be acknowledged, or for the peer’s.',
        'FIN-WAIT-2': 'Its FIN is acknowledged. It still receives, and waits for the peer’s FIN.',
        'CLOSE-WAIT': 'The peer’s FIN has come: no more bytes from there. It may still send, until its program closes it.',
        'CLOSING': 'Both sides have sent a FIN, neither knowing of the other’s; it waits for its own to be acknowledged.',
        'LAST-ACK': 'The peer’s FIN came first, now its own is sent; it waits only for that to be acknowledged.',
        'TIME-WAIT': 'Both sides are done. It stays a while, to acknowledge the peer’s FIN again if need be, and so that no late segment gets into a new connection.',
        'CLOSED': 'There is no connection.',
    };
    // How much of a recording is shown.
    const LAYERS = { talk: 'who says what', calls: '+ system calls', segments: '+ segments', states: '+ states' };
    const calm = matchMedia('(prefers-reduced-motion: reduce)');
    const page = document.scrollingElement;
    const players = [];
    let used = null; // the player that was used last

    /** Makes an element: `make('p', { className: 'x' }, child, …)`. */
    function make(name, properties = {}, ...children) {
        const element = Object.assign(document.createElement(name), properties);
        element.append(...children);
        return element;
    }

    const icon = name => `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;

    function button(name, label, act) {
        const it = make('button', { type: 'button', title: label, innerHTML: icon(name), onclick: () => it.ariaDisabled === 'true' || act() });
        it.setAttribute('aria-label', label);
        it.dataset.act = name;
        return it;
    }

    /** How much of the window the menu may cover. */
    const bar = () => document.getElementById('mdbook-menu-bar')?.offsetHeight ?? 0;

    /** Ends a smooth scroll that may still be under way: what is measured next is where the box stays. */
    const settle = box => box.scrollTo({ top: box.scrollTop, behavior: 'instant' });

    /** Scrolls a box, and nothing else, so that what is in it can be seen, with some room above and below. */
    function reveal(it, box, above, below, behavior = 'instant') {
        settle(box);
        const [inner, outer] = [it, box].map(it => it.getBoundingClientRect());
        const top = inner.top - outer.top;
        if (top >= above && top + inner.height <= box.clientHeight - below) return;
        box.scrollBy({ top: top - box.clientHeight / 3, behavior });
    }

    function enhance(root) {
        const chart = root.querySelector('.rec-chart');
        const side = root.querySelector('.rec-side');
        const events = root.querySelector('.rec-events');
        // What its layer shows.
        let data, steps, last, sentences;
        function take(shown) {
            data = shown;
            steps = data.steps.map(step);
            last = steps.length - 1;
            sentences = [...events.querySelectorAll('li')];
            root.dataset.layer = data.layer;
            slider.max = steps.length;
        }
        const listings = [...root.querySelectorAll('.listing')];
        const screens = [...root.querySelectorAll('.terminal .screen')];
        let at = -1, timer = null, skipAcks = false; // -1: before the first step all is shown
        // The questions that are still to be asked, by the number of the step that answers each.
        const stops = new Map([...root.querySelectorAll('.stop')].map(it => [Number(it.dataset.step), it]));
        let stepped = 0; // when
        let measured = 0; // the height of the head

        // The controls
        const position = make('output');
        const slider = make('input', { type: 'range', min: 0, value: 0 });
        slider.setAttribute('aria-label', 'Step');
        take(JSON.parse(root.querySelector('script[type="application/json"]').textContent));
        const { programs, sockets } = data;
        const acks = make('input', { type: 'checkbox' });
        const layers = make('select', {}, ...Object.entries(LAYERS).map(([value, name]) => make('option', { value, textContent: name })));
        layers.value = data.layer;
        const toggle = () => timer ? pause() : start();
        const play = button('play', 'Play', toggle);
        const controls = make('div', { className: 'rec-controls' },
            button('first', 'First step', () => stop(0)),
            button('back', 'Step back', () => stop(next(-1))),
            play,
            button('forward', 'Step forward', () => forward()),
            button('last', 'Last step', () => stop(last)),
            slider, position,
            make('label', {}, 'Show ', layers),
            make('label', { className: 'rec-acks' }, acks, ' hide bare acknowledgements'));
        controls.setAttribute('role', 'group');
        controls.setAttribute('aria-label', 'Player');

        // What is now
        const sentence = make('p');
        sentence.setAttribute('aria-live', 'polite');
        const fields = make('dl');
        const segment = make('details', {}, make('summary', { textContent: 'The segment’s fields' }), fields);
        const question = make('div', { className: 'rec-question' });
        const now = make('div', { className: 'rec-now' }, sentence, segment, question);
        const list = make('dl', { className: 'rec-sockets' });
        const badges = sockets.map(socket => {
            const badge = make('b');
            const meaning = make('dd');
            list.append(make('dt', {}, make('span', { textContent: socket.n }), badge), meaning);
            return { badge, meaning };
        });
        const row = make('div', { className: 'rec-row' });
        const later = make('div', { className: 'rec-later' });
        chart.append(row, later);
        const head = make('div', { className: 'rec-head' }, controls, now);
        root.querySelector('.rec-cols').before(head);
        side.append(list);
        for (const listing of listings) {
            const same = document.getElementById(listing.dataset.as)?.querySelector('pre').cloneNode(true);
            if (same) {
                for (const line of same.querySelectorAll('.lit, .waits')) line.classList.remove('lit', 'waits');
                listing.querySelector('p').replaceWith(same);
            }
            listing.open = true;
            let number = 0; // of the line: one that does not follow the one before says so
            for (const line of listing.querySelectorAll('i')) {
                number = Number(line.style.counterSet.split(' ')[1] ?? number + 1);
                line.dataset.n = number;
            }
        }
        root.classList.add('ready');
        // Keep the room that the whole text takes, so that nothing jumps while it fills.
        for (const screen of screens) screen.style.setProperty('--whole', `${screen.scrollHeight}px`);

        const told = () => at < 0 ? steps : steps.slice(0, at + 1);
        const hidden = step => skipAcks && step.b;

        /** The step before or after this one that is shown. */
        function next(by) {
            let to = at + by;
            while (steps[to] && hidden(steps[to])) to += by;
            return steps[to] ? to : at;
        }

        function show(to, behavior) {
            at = to;
            const step = steps[at];
            question.replaceChildren();
            // What was reached, however, is not asked any more.
            for (const number of stops.keys()) if (number <= step?.n) stops.delete(number);
            root.classList.toggle('asks', stops.size > 0);
            position.textContent = step ? `step ${at + 1} of ${steps.length}` : `${steps.length} steps`;
            slider.value = at + 1;
            slider.setAttribute('aria-valuetext', position.textContent);
            sentence.replaceChildren(...(step ? sentences[at].cloneNode(true).childNodes : ['The whole recording. Step through it with these buttons, or with the arrow keys.']));
            // Not `disabled`: that would take the focus away.
            for (const it of controls.querySelectorAll('[data-act=first], [data-act=back]')) it.ariaDisabled = at <= 0;
            for (const it of controls.querySelectorAll('[data-act=last], [data-act=forward]')) it.ariaDisabled = at === last;
            showFields(step);
            showTexts();
            showStates();
            showLines(step);
            measure();
            // All is as high as it will be. Now the boxes can scroll.
            for (const screen of screens) {
                screen.scrollTop = screen.scrollHeight; // as a terminal does
                if (screen.scrollTop > 0) screen.tabIndex = 0; // so that a keyboard can scroll it, too
            }
            revealStep(behavior);
        }

        /** Scrolls the boxes to what this step is about. */
        function revealStep(behavior) {
            const step = steps[at];
            const lit = root.querySelector('.listing .lit');
            if (lit) reveal(lit, lit.closest('pre'), 20, 40);
            if (lit) reveal(lit, side, 50, 20);
            if (step?.k === 'S') reveal(badges[step.s].badge, side, 20, 60);
            showRow(step, behavior);
        }

        /** Steps forward, unless there is something to be asked before. */
        function forward(how = stop) {
            const to = next(1);
            const asked = !question.hasChildNodes() && to !== at && stops.get(steps[to].n);
            if (asked) ask(asked); else how(to);
        }

        function ask(asked) {
            const plays = Boolean(timer);
            pause();
            segment.hidden = true;
            sentence.textContent = 'What happens next? Think, and choose an answer.';
            const on = make('button', { type: 'button', textContent: 'Go on', onclick: () => { stop(next(1)); if (plays) start(); } });
            const choices = [...asked.querySelectorAll('.ask, details')].map(it => it.cloneNode(true));
            question.replaceChildren(...choices, on);
            measure();
            revealStep();
            bring('instant');
        }

        /** Tells the style sheet what of the window the chart can have. */
        function measure() {
            if (head.offsetHeight === measured) return;
            measured = head.offsetHeight;
            root.style.setProperty('--head', `${measured}px`);
        }

        function showFields(step) {
            segment.hidden = !step?.f;
            if (segment.hidden) return;
            const names = ['flags', 'sequence number', 'acknowledgement', 'bytes of the stream', 'these bytes', 'window'];
            fields.replaceChildren(...names.flatMap((name, index) => {
                const value = step.f[index];
                if (value === undefined) return []; // a window that says nothing new
                const text = value === null ? 'none' : index === 4 ? JSON.stringify(value) : String(value);
                return [make('dt', { textContent: name }), make('dd', {}, make('code', { textContent: text }))];
            }));
        }

        /** The terminals, with what has been printed so far. */
        function showTexts() {
            const texts = programs.map(() => []);
            for (const step of told()) {
                if (step.k !== 't' && step.k !== 'p') continue;
                texts[step.p].push(step.e ? make('span', { className: 'err' }, step.x) : step.x);
            }
            screens.forEach((screen, program) => screen.replaceChildren(...texts[program]));
        }

        function showStates() {
            const current = sockets.map(() => null);
            for (const step of told()) {
                if (step.k === 'S') current[step.s] = step.x;
            }
            badges.forEach(({ badge, meaning }, socket) => {
                const state = current[socket];
                badge.textContent = state ?? '—';
                badge.className = (state ?? '').toLowerCase();
                meaning.textContent = state ? MEANINGS[state] : 'No connection yet.';
            });
        }

        /** Lights the line at work, and those in which other threads wait. */
        function showLines(step) {
            for (const line of root.querySelectorAll('.listing :is(.lit, .waits)')) line.classList.remove('lit', 'waits');
            const waiting = new Map();
            for (const { k, p, h, l, w } of steps.slice(0, at + 1)) {
                if (k === 'e') for (const key of waiting.keys()) if (key.startsWith(`${p}/`)) waiting.delete(key);
                if (k === 'c' || k === 'r') waiting.delete(`${p}/${h}`);
                if (k === 'c' && w) waiting.set(`${p}/${h}`, [p, l]);
            }
            const mark = (program, line, name) => {
                const listing = listings[programs[program].e];
                listing?.querySelector(`[data-n="${line}"]`)?.classList.add(name);
            };
            for (const [program, line] of waiting.values()) mark(program, line, 'waits');
            if (step?.l) mark(step.p, step.l, 'lit');
        }

        function showRow(step, behavior) {
            row.hidden = later.hidden = !step;
            if (!step) return;
            const y = step.y;
            const height = (data.bottoms?.[at] ?? steps[at + 1]?.y ?? data.height) - y;
            const full = [...chart.querySelectorAll('.seq')].reduce((sum, svg) => sum + svg.getBoundingClientRect().height, 0);
            const pixels = units => full * units / data.height;
            row.style.top = `${pixels(y)}px`;
            row.style.height = `${pixels(height)}px`;
            later.style.top = `${pixels(y + height)}px`;
            later.style.height = `${pixels(data.height - y - height)}px`;
            reveal(row, chart, 40, 60, behavior);
        }

        /** Scrolls the page as far as is needed to have head and chart in the window. */
        function bring(behavior) {
            settle(page);
            const boxes = [chart, side].map(it => it.getBoundingClientRect());
            const beside = boxes[1].top < boxes[0].bottom;
            const bottom = Math.max(boxes[0].bottom, beside ? boxes[1].bottom : 0) + 8 - page.clientHeight;
            const top = head.getBoundingClientRect().top - 8 - bar();
            page.scrollBy({ top: Math.min(top, Math.max(bottom, 0)), behavior });
        }

        function pause() {
            clearInterval(timer);
            timer = null;
            sentence.setAttribute('aria-live', 'polite');
            play.innerHTML = icon('play');
            play.title = 'Play';
            play.setAttribute('aria-label', 'Play');
        }

        function start() {
            sentence.setAttribute('aria-live', 'off'); // a voice could not keep up
            play.innerHTML = icon('pause');
            play.title = 'Pause';
            play.setAttribute('aria-label', 'Pause');
            go(at === last ? 0 : Math.max(at, 0));
            timer = setInterval(() => {
                if (next(1) === at) pause(); else forward(to => show(to, 'smooth'));
            }, 900);
        }

        /** Goes to a step, and has the reader see it: at once if the steps come faster than a box can glide. */
        function go(to) {
            const behavior = calm.matches || performance.now() - stepped < 600 ? 'instant' : 'smooth';
            stepped = performance.now();
            show(to, behavior);
            bring(behavior);
        }

        function stop(to) {
            pause();
            go(to);
        }

        slider.oninput = () => {
            let to = slider.value - 1;
            if (steps[to] && hidden(steps[to])) to = to < at ? next(-1) : next(1);
            stop(to);
        };
        /** Shows another layer: the same step, or the last one before it that the layer has. */
        async function change(layer) {
            const name = `${root.dataset.file}.${layer}`;
            if (!window.recordings?.[name]) await new Promise((loaded, failed) => {
                document.head.append(make('script', { src: `${path_to_root}recordings/${name}.js`, onload: loaded, onerror: failed }));
            });
            const shown = window.recordings[name];
            const number = steps[at]?.n;
            pause();
            chart.innerHTML = shown.chart;
            chart.scrollTop = 0;
            chart.append(row, later);
            events.innerHTML = shown.events;
            take(shown.data);
            show(number === undefined ? -1 : Math.max(steps.findLastIndex(step => step.n <= number), 0));
        }
        layers.onchange = () => change(layers.value).catch(() => { layers.value = data.layer; });
        acks.onchange = () => {
            skipAcks = acks.checked;
            root.classList.toggle('no-acks', skipAcks);
            if (steps[at] && hidden(steps[at])) stop(next(-1));
        };
        chart.addEventListener('click', event => {
            const svg = event.target.closest('.seq');
            if (!svg) return;
            const box = svg.getBoundingClientRect();
            const view = svg.viewBox.baseVal;
            const y = view.y + (event.clientY - box.top) / box.height * view.height;
            const to = steps.findLastIndex(step => step.y <= y);
            if (to >= 0 && !hidden(steps[to])) stop(to);
        });
        calm.addEventListener('change', () => calm.matches && pause());
        const resized = new ResizeObserver(() => {
            measure();
            revealStep();
        });
        for (const it of [head, chart]) resized.observe(it);
        addEventListener('beforeprint', () => { chart.scrollTop = 0; });
        // Open the listings on the program's own lines, not on its imports.
        for (const listing of listings) {
            const main = [...listing.querySelectorAll('i')].find(line => line.textContent.startsWith('fn main'));
            if (main) listing.querySelector('pre').scrollTop = main.offsetTop - main.parentElement.offsetTop;
        }
        play.hidden = calm.matches;
        show(stops.size ? 0 : -1);

        const player = {
            root,
            holds: element => controls.contains(element) || chart.contains(element),
            plays: () => !play.hidden,
            act: { next: () => forward(), back: () => stop(next(-1)), first: () => stop(0), last: () => stop(last), toggle },
        };
        for (const kind of ['pointerdown', 'focusin']) root.addEventListener(kind, () => { used = player; });
        return player;
    }

    // The keys. Left and right step the recording in view that was used last, or else the one nearest the middle of the
    // window; the other keys belong to the recording that has the focus. Where none is in view, mdBook turns the page.

    const KEYS = { ArrowRight: 'next', ArrowLeft: 'back', ArrowDown: 'next', ArrowUp: 'back', Home: 'first', End: 'last', ' ': 'toggle' };

    /** The player whose keys these are, if any is in view. */
    function current() {
        const [top, bottom] = [bar(), page.clientHeight];
        const middle = (top + bottom) / 2;
        const distance = ({ root }) => {
            const box = root.getBoundingClientRect();
            return Math.max(box.top - middle, middle - box.bottom, 0);
        };
        const seen = players.filter(it => it.root.checkVisibility() && distance(it) < (bottom - top) / 2);
        return seen.includes(used) ? used : seen.sort((one, other) => distance(one) - distance(other))[0];
    }

    /** Whether the element is in a box that scrolls this way. */
    function scrolls(element, down) {
        for (let it = element; it && it.tagName !== 'MAIN'; it = it.parentElement) {
            const { overflowX, overflowY } = getComputedStyle(it);
            const overflows = down ? it.scrollHeight > it.clientHeight + 1 : it.scrollWidth > it.clientWidth + 1;
            if (overflows && ['auto', 'scroll'].includes(down ? overflowY : overflowX)) return true;
        }
        return false;
    }

    let tabbed = false; // whether the focus was moved by keyboard: after a click on a listing, the arrows step
    addEventListener('pointerdown', () => { tabbed = false; }, true);
    addEventListener('keydown', event => { tabbed ||= event.key === 'Tab'; }, true);

    // On the way to the document, where mdBook listens: what stops here turns no page.
    document.documentElement.addEventListener('keydown', event => {
        const { key, target } = event;
        if (!KEYS[key] || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
        if (target.closest('input:not([type=range], [type=checkbox]), textarea, select')) return; // mdBook leaves these alone, too
        const player = current();
        if (!player) return;
        const inside = player.root.contains(target);
        if (key === 'ArrowLeft' || key === 'ArrowRight') {
            event.stopPropagation();
            if (target.isContentEditable || target.closest('[role=radiogroup]')) return;
            if (!player.holds(target) && scrolls(target, false) && (tabbed || !inside)) return;
        } else if (key === ' ') {
            if (!inside || !player.plays() || target.closest('button, summary, a, input:not([type=range])')) return;
            if (scrolls(target, true) && !player.holds(target)) return;
        } else if (!player.holds(target)) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        used = player;
        if (key !== ' ' || !event.repeat) player.act[KEYS[key]]();
    });

    for (const root of document.querySelectorAll('.recording')) players.push(enhance(root));
})();
