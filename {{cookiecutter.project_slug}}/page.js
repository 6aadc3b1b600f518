// What the page does by itself: follow a reply, manage the focus, and copy. It contains nobody's text, so that the
// policy of chat/server/headers.py can allow this script by its hash.

(() => {
  if (window.followsReplies) return; // Streamlit may draw this again
  window.followsReplies = true;

  const find = (id) => document.querySelector(`[data-testid="${id}"]`);
  let following = true; // until the reader scrolls up, and again from the end
  let top = 0; // the reader's position
  let height = 0; // of the whole page
  let shrunk = false; // until the missing part is drawn again

  const settle = () => {
    const page = find("stMain");
    height = page.scrollHeight;
    if (following) {
      page.scrollTop = page.scrollHeight;
      top = page.scrollTop;
    } else if (shrunk) {
      page.scrollTop = top;
    }
  };
  const sizes = new ResizeObserver(settle);
  document.addEventListener("scroll", ({ target: page }) => {
    if (page !== find("stMain")) return;
    const below = page.scrollHeight - page.clientHeight - page.scrollTop;
    shrunk = page.scrollTop < top && below < 2;
    if (shrunk) return;
    // Redrawing may shrink and grow the page at once, which also moves it up.
    if (page.scrollTop < top && page.scrollHeight === height) following = false;
    if (page.scrollTop > top && below < 80) following = true;
    top = page.scrollTop;
    height = page.scrollHeight;
  }, { capture: true, passive: true });
  document.addEventListener("wheel", ({ deltaY }) => {
    if (deltaY < 0 && top > 0) following = false; // now, before the page grows, which would undo it
  }, { passive: true });

  // After asking, show the question and its reply.
  const ask = '[data-testid="stChatInputSubmitButton"], [class*="st-key-regenerate"] button';
  const asks = ({ type, key, target }) => {
    if (type === "click" ? !target.closest?.(ask) : key !== "Enter" || target !== find("stChatInputTextArea")) return;
    following = true;
    settle();
  };
  document.addEventListener("keydown", asks, true);
  document.addEventListener("click", asks, true);

  // The box gets the focus when a conversation is opened, unless an on-screen keyboard would appear, and when the focused
  // element is gone. A form that opens gets the focus itself.
  let opened, last, wanted = false;
  const focusBox = () => {
    if (matchMedia("(hover: hover)").matches) find("stChatInputTextArea").focus({ preventScroll: true });
  };
  const seen = new WeakSet();
  document.addEventListener("focusin", ({ target }) => { last = target; });
  new MutationObserver(() => {
    for (const part of [find("stMain"), find("stMainBlockContainer"), find("stBottom")]) {
      if (part && !seen.has(part)) seen.add(part), sizes.observe(part);
    }
    const address = new URLSearchParams(location.search).get("c");
    if (address !== opened) following = wanted = true, opened = address;
    if (wanted && find("stChatInputTextArea")?.disabled === false) {
      wanted = false;
      if (!document.activeElement.matches("input, textarea")) focusBox();
    }
    if (last?.isConnected === false && document.activeElement === document.body) focusBox();
    for (const field of document.querySelectorAll('[data-testid="stForm"] :is(input, textarea)')) {
      if (seen.has(field)) continue;
      seen.add(field);
      requestAnimationFrame(() => requestAnimationFrame(() => { // after Streamlit has filled in its value
        field.focus();
        field.setSelectionRange(field.value.length, field.value.length);
        field.scrollIntoView({ block: "center" });
      }));
    }
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });

  // On a phone the sidebar covers the chosen chat. Streamlit closes it when the page beside it is pressed.
  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.('.st-key-new button, [class*="st-key-listed-"] button')) return;
    find("stMain").dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
  });

  // A copy button has its text in an attribute, percent-encoded to be safe in HTML.
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest?.(".copy");
    if (!button) return;
    const text = decodeURIComponent(button.dataset.text);
    try {
      await navigator.clipboard.writeText(text);
    } catch { // there is no clipboard without TLS
      const field = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    button.classList.add("copied");
    button.ariaLabel = "Copied";
    setTimeout(() => {
      button.classList.remove("copied");
      button.ariaLabel = "Copy";
    }, 2000);
  });
})();
