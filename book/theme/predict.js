// Remembers, in this browser alone, which choice of a prediction was opened first, and counts the right ones of the page.
// Without it every choice still unfolds into its explanation.
(() => {
    "use strict";

    const predictions = [...document.querySelectorAll(".predict:not(.stop)")];
    if (predictions.length === 0) return;

    // The browser may forbid its storage. Then the page remembers nothing, and works.
    const read = key => { try { return localStorage.getItem(key); } catch { return null; } };
    const write = (key, value) => { try { localStorage.setItem(key, value); } catch { /* as said */ } };
    const forget = key => { try { localStorage.removeItem(key); } catch { /* as said */ } };

    const key = prediction => `predict:${prediction.dataset.name}`;
    const choices = prediction => [...prediction.querySelectorAll("details")];

    const score = document.createElement("p");
    score.className = "predict-score";
    const text = document.createElement("span");
    text.setAttribute("role", "status");
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Start again";
    score.append(text, " ", again);
    predictions.at(-1).after(score);

    const show = () => {
        let guessed = 0;
        let right = 0;
        for (const prediction of predictions) {
            const first = read(key(prediction));
            choices(prediction).forEach((choice, index) => {
                const isFirst = String(index) === first;
                choice.classList.toggle("first", isFirst);
                guessed += isFirst;
                right += isFirst && choice.classList.contains("correct");
            });
        }
        text.textContent = `${right} right at the first guess, of ${predictions.length}.`;
        score.hidden = guessed === 0;
    };

    for (const prediction of predictions) {
        choices(prediction).forEach((choice, index) => {
            choice.addEventListener("toggle", () => {
                if (choice.open && read(key(prediction)) === null) {
                    write(key(prediction), index);
                    show();
                }
            });
        });
    }
    again.addEventListener("click", () => {
        for (const prediction of predictions) {
            forget(key(prediction));
            for (const choice of choices(prediction)) choice.open = false;
        }
        show();
    });
    show();
})();
