// What the page does by itself: it follows a reply, keeps the keyboard at hand, and copies. No text of anybody's stands
// in here, so that the policy of chat/server/headers.py can name this script by its hash.

(() => {
  if (window.followsReplies) return; // Streamlit may draw this anew
  window.followsReplies = true;

  const find = (id) => document.querySelector(`[data-testid="${id}"]`);
  let following = true; // until somebody scrolls up, and again from the end on
  let top = 0; // where somebody reads
  let height = 0; // of all there is
  let shrunk = false; // until what stood there is drawn again

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
    // What is drawn may shrink and grow at once, which also moves the page up.
    if (page.scrollTop < top && page.scrollHeight === height) following = false;
    if (page.scrollTop > top && below < 80) following = true;
    top = page.scrollTop;
    height = page.scrollHeight;
  }, { capture: true, passive: true });
  document.addEventListener("wheel", ({ deltaY }) => {
    if (deltaY < 0 && top > 0) following = false; // before the page has grown again, which would undo it
  }, { passive: true });

  // Who asks wants to see the question, and its reply.
  const ask = '[data-testid="stChatInputSubmitButton"], [class*="st-key-regenerate"] button';
  const asks = ({ type, key, target }) => {
    if (type === "click" ? !target.closest?.(ask) : key !== "Enter" || target !== find("stChatInputTextArea")) return;
    following = true;
    settle();
  };
  document.addEventListener("keydown", asks, true);
  document.addEventListener("click", asks, true);

  // Who opens a conversation can type at once, on a screen where that brings no keyboard; a form that opens is typed in;
  // and where the button is gone that somebody pressed, the box has the focus.
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
      requestAnimationFrame(() => requestAnimationFrame(() => { // when Streamlit has written its value into it
        field.focus();
        field.setSelectionRange(field.value.length, field.value.length);
        field.scrollIntoView({ block: "center" });
      }));
    }
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });

  // On a phone the sidebar lies over the chat that is chosen in it. Streamlit closes it where somebody presses beside it.
  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.('.st-key-new button, [class*="st-key-listed-"] button')) return;
    find("stMain").dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
  });

  // A button that copies has its text with it, in which what HTML could take for its own is written as in addresses.
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
