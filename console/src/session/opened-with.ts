/** The page's query as it was opened with: a provider's response stands in it, which the router does not keep. */
export const OPENED_WITH = new URLSearchParams(location.search);
/** The page's fragment as it was opened with: a shared link has its state there, past the sign-in. */
export const OPENED_FRAGMENT = location.hash;
