import { Outlet } from "@tanstack/react-router";
import { useOnline } from "../../../ui/hooks/use-online.ts";
import { Announcer } from "../components/announcer.tsx";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";

const MESSAGES = defineMessages(
  { offline: "You are offline. What you see may be out of date." },
  { offline: "Sie sind offline. Was Sie sehen, ist vielleicht veraltet." },
);

/** Around every page. */
export function RootLayout() {
  const t = useTexts(MESSAGES);
  const isOnline = useOnline();
  return (
    <>
      {isOnline ? undefined : (
        <p className="offline" role="status">
          {t("offline")}
        </p>
      )}
      <Outlet />
      <Announcer />
    </>
  );
}
