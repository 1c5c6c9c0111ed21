// What of a recording's step can't be seen: its row, the controls, its sentence, and beside the chart its line and its socket.
const unseen = root => {
    const box = it => it.getBoundingClientRect();
    const get = css => root.querySelector(css);
    const [chart, side, controls, sentence, row] = ['.rec-chart', '.rec-side', '.rec-controls', '.rec-now p', '.rec-row'].map(get);
    const height = document.documentElement.clientHeight;
    const found = [];
    // Wholly in the window, and nothing before it at these points.
    const look = (name, it, among, ...points) => {
        const { top, bottom, left, right } = box(it);
        if (top < 0 || bottom > height) found.push(`${name} is at ${Math.round(top)} to ${Math.round(bottom)} of ${height}`);
        for (const [across, down] of points) {
            const [x, y] = [left + (right - left) * across, top + (bottom - top) * down];
            const there = document.elementFromPoint(x, y);
            if (!among.contains(there)) found.push(`${name} is hidden at ${Math.round(x)}, ${Math.round(y)} by ${there?.outerHTML.slice(0, 60)}`);
        }
    };
    look('the row', row, chart, [.5, .5]); // a row lets every click through to the chart
    for (const button of controls.querySelectorAll('button:not([hidden])')) look('a button', button, button, [.5, .1], [.5, .9]);
    look('the slider', controls.querySelector('[type=range]'), controls, [.5, .5]);
    look('the sentence', sentence, sentence, [.01, .05], [.99, .95]);
    const goOn = get('.rec-question > button');
    if (goOn) look('the question’s button', goOn, goOn, [.5, .5]);
    if (box(side).left >= box(chart).right) {
        const lit = get('.listing .lit');
        if (lit?.checkVisibility()) look('the line', lit, lit, [.02, .1], [.02, .9]);
        const data = JSON.parse(get('script').textContent);
        const [kind, , , socket] = data.steps[root.querySelector('[type=range]').value - 1];
        if (kind === 'S') {
            const state = root.querySelectorAll('.rec-sockets dt')[socket];
            look('the state', state, state, [.02, .2], [.02, .8]);
        }
    }
    return found;
};
const frames = async count => {
    while (count-- > 0) await new Promise(requestAnimationFrame);
};
