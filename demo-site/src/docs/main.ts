import "../../../ui/styles/tokens.css";
import "../../../ui/styles/elements.css";
import "../styles/docs.css";
import { startSearch } from "./search.ts";
import { showService } from "./service-values.ts";

startSearch();
void showService("/config.json");
