import { StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "../../ui/styles/tokens.css";
import "../../ui/styles/elements.css";
import "./styles/base.css";
import "./styles/composer.css";
import "./styles/answer.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element `root`; the page has nowhere to go.");
hydrateRoot(
  root,
  <StrictMode>
    <App configUrl="/config.json" />
  </StrictMode>,
);
