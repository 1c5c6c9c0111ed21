// Makes the search index from the book's texts, in the form that mdBook's search takes.
'use strict';
function searchIndex(book) {
    // A word is letters and digits: `SO_REUSEADDR` is two, as is `thread::spawn`, and `TIME_WAIT` the same two as `TIME-WAIT`.
    elasticlunr.tokenizer.setSeperator(/[^\p{L}\p{N}]+/u);
    const index = elasticlunr();
    index.setRef('id');
    for (const field of Object.keys(book.search_options.fields)) index.addField(field);
    for (const text of book.texts) index.addDoc(text);
    return { ...book, index: index.toJSON() };
}
