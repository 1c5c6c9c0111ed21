// Highlights the code on the pages. In the place of mdBook's highlighter, at a fiftieth of its weight: it knows words,
// strings, numbers and comments, of Rust, C and Python. Elements inside the code, such as lines, stay as they are.
'use strict';
// eslint-disable-next-line no-unused-vars
const hljs = (() => {
    const QUOTED = String.raw`b?"(?:\\[^]|[^"\\])*"`;
    const C = {
        comment: String.raw`//[^\n]*|/\*[^]*?\*/`,
        string: String.raw`${QUOTED}|b?'(?:\\[^'\n]+|[^'\\\n])'`, // a lifetime has no second quote
        keywords: 'break case char const continue default do else enum for if int long return short signed sizeof static struct switch typedef unsigned void while',
    };
    const LANGUAGES = {
        c: C,
        rust: {
            comment: C.comment,
            string: String.raw`b?r(?<hashes>#*)"[^]*?"\k<hashes>|${C.string}`,
            keywords: 'as async await break const continue crate dyn else enum false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while',
        },
        python: {
            comment: '#[^\\n]*',
            string: String.raw`${QUOTED}|b?'(?:\\[^]|[^'\\\n])*'`,
            keywords: 'and as assert break class continue def elif else except False finally for from if import in is lambda None not or pass raise return True try while with yield',
        },
    };
    const grammar = ({ comment, string, keywords }) => ({
        keywords: new Set(keywords.split(' ')),
        pattern: new RegExp([
            `(?<comment>${comment})`,
            `(?<string>${string})`,
            String.raw`\b(?<number>\d\w*(?:\.\d+)?)`,
            String.raw`(?<meta>#!?\[[^\]]*\])`,
            String.raw`(?<word>[A-Za-z_]\w*)(?<after>!(?!=)|\()?`,
        ].join('|'), 'g'),
    });
    const grammars = new Map(Object.entries(LANGUAGES).map(([name, language]) => [name, grammar(language)]));

    /** The class of a piece of code, if it has one. */
    function kind({ comment, string, number, meta, word, after }, keywords) {
        if (comment) return 'comment';
        if (string) return 'string';
        if (number) return 'number';
        if (meta) return 'meta';
        if (keywords.has(word)) return 'keyword';
        if (after === '!') return 'built_in';
        if (/^[A-Z]/.test(word)) return 'type';
        return after ? 'title' : null;
    }

    function highlight(text, { pattern, keywords }) {
        const pieces = [];
        let done = 0;
        for (const match of text.matchAll(pattern)) {
            const name = kind(match.groups, keywords);
            if (!name) continue;
            const span = document.createElement('span');
            span.className = `hljs-${name}`;
            span.textContent = match.groups.word ?? match[0];
            pieces.push(text.slice(done, match.index), span);
            done = match.index + span.textContent.length;
        }
        pieces.push(text.slice(done));
        return pieces;
    }

    return {
        configure() { /* mdBook calls it */ },
        highlightBlock(block) {
            const grammar = grammars.get(/\blanguage-(\w+)/.exec(block.className)?.[1]);
            if (!grammar) return;
            const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
            const texts = [];
            while (walker.nextNode()) texts.push(walker.currentNode);
            for (const text of texts) text.replaceWith(...highlight(text.data, grammar));
        },
    };
})();
