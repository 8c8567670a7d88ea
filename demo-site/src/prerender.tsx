import { renderToString } from "preact-render-to-string";
import { App } from "./app.tsx";

/** The page as it is before its configuration is known, which the build writes into `index.html`. */
export const html = renderToString(<App configUrl="/config.json" />);
