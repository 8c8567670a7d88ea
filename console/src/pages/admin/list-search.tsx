import { Loading } from "../../components/loading.tsx";
import { defineMessages } from "../../i18n/messages.ts";
import { useTexts } from "../../i18n/translate.ts";

const MESSAGES = defineMessages(
  {
    searching: "Nothing found so far. Searching earlier entries …",
    stop: "Stop the search",
    stopped: "The search was stopped. Nothing was found in the entries that were read.",
    goOn: "Search on",
  },
  {
    searching: "Bisher nichts gefunden. Frühere Einträge werden durchsucht …",
    stop: "Suche anhalten",
    stopped: "Die Suche wurde angehalten. In den gelesenen Einträgen war nichts zu finden.",
    goOn: "Weitersuchen",
  },
);

interface ListSearchProps {
  readonly isStopped: boolean;
  readonly onStop: () => void;
  readonly onGoOn: () => void;
}

/** In place of a list whose first pages have no item that a filter leaves: the search of further pages can be stopped. */
export default function ListSearch({ isStopped, onStop, onGoOn }: ListSearchProps) {
  const t = useTexts(MESSAGES);
  return (
    <section className="empty">
      <p role="status">{t(isStopped ? "stopped" : "searching")}</p>
      {isStopped ? undefined : <Loading />}
      <button type="button" className="button" onClick={isStopped ? onGoOn : onStop}>
        {t(isStopped ? "goOn" : "stop")}
      </button>
    </section>
  );
}
