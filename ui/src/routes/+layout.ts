// The page is drawn by the browser alone: nothing is rendered on the server and nothing ahead of time.
export const ssr = false;
export const prerender = false;
