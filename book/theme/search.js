// Makes the search index from the book's texts, in the form that mdBook's search takes.
'use strict';
function searchIndex(book) {
    // A word is letters and digits: `SO_REUSEADDR` is two, as is `thread::spawn`, and `TIME_WAIT` the same two as `TIME-WAIT`.
    const between = /[^\p{L}\p{N}]+/u;
    elasticlunr.tokenizer.setSeperator(between);
    const index = elasticlunr();
    index.setRef('id');
    for (const field of Object.keys(book.search_options.fields)) index.addField(field);
    for (const text of book.texts) index.addDoc(text);

    // Sections that have the query as it is come first, then those with all of its words, then those with some.
    const { search } = elasticlunr.Index.prototype;
    const plain = text => ` ${text.toLowerCase().split(between).join(' ').trim()} `;
    elasticlunr.Index.prototype.search = function (query, options) {
        const withAll = new Set(search.call(this, query, { ...options, bool: 'AND' }).map(it => it.ref));
        const rank = ({ ref, doc }) => plain(`${doc.title} ${doc.body}`).includes(plain(query)) ? 2 : Number(withAll.has(ref));
        const found = search.call(this, query, options).map(it => ({ ...it, rank: rank(it) }));
        return found.sort((a, b) => b.rank - a.rank || b.score - a.score);
    };
    return { ...book, index: index.toJSON() };
}
