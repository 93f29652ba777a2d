/** The token of a link by which a customer comes from elsewhere: `#sportello=…`, taken out of the page's address at once. */

const FRAGMENT = /^#sportello=([A-Za-z0-9_-]{20,100})$/;

/** Give each token that the page is opened with to `came`, now and later, until `signal` aborts. */
export function watchArrivals(came, signal) {
  const look = () => {
    const token = FRAGMENT.exec(location.hash)?.[1];
    if (!token) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    came(token);
  };
  window.addEventListener("hashchange", look, { signal });
  look();
}
