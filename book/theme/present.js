// The presentation view: larger type and nothing beside it, by the key p, a button, or ?present in the address.
'use strict';
(() => {
    const html = document.documentElement;
    const remembered = () => { try { return sessionStorage.getItem('present'); } catch { return null; } };
    const remember = on => { try { sessionStorage.setItem('present', on ? '1' : ''); } catch { /* then not */ } };

    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'icon-button present-button';
    button.textContent = 'A+';
    button.title = 'Presentation view (p)';
    button.setAttribute('aria-label', 'A+, presentation view');
    button.setAttribute('aria-keyshortcuts', 'p');

    function present(on) {
        html.classList.toggle('present', on);
        button.setAttribute('aria-pressed', on);
        remember(on);
    }
    button.addEventListener('click', () => present(!html.classList.contains('present')));
    document.addEventListener('keydown', event => {
        const typing = event.target.closest?.('input:not([type=range], [type=checkbox]), textarea, select');
        if (event.key === 'p' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
            present(!html.classList.contains('present'));
        }
    });
    document.querySelector('.menu-bar .left-buttons')?.append(button);
    present(new URLSearchParams(location.search).has('present') || Boolean(remembered()));

    // The theme menu offers what there is.
    for (const name of ['rust', 'coal', 'ayu']) document.getElementById(`mdbook-theme-${name}`)?.parentElement.remove();
    const dark = document.getElementById('mdbook-theme-navy');
    if (dark) dark.textContent = 'Dark';

    // mdBook's toggle of the contents is a label: here it can be reached by keyboard, and says what it is.
    const contents = document.getElementById('mdbook-sidebar-toggle');
    contents?.setAttribute('role', 'button');
    contents?.setAttribute('tabindex', '0');
    contents?.addEventListener('keydown', event => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        contents.click();
    });

    // What scrolls sideways can be scrolled by keyboard.
    const reach = () => {
        for (const it of document.querySelectorAll('pre > code, .changed pre, .table-wrapper')) {
            if (it.scrollWidth > it.clientWidth + 1) it.tabIndex = 0;
        }
    };
    reach();
    addEventListener('resize', reach);
})();
