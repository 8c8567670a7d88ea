import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Dialog } from "../components/dialog.tsx";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { usePreferences } from "../preferences/preferences.ts";
import { THEMES } from "../preferences/stored.ts";
import { useProjects } from "../projects/projects.ts";
import { signOut } from "../session/keep-session.ts";
import { PAGE_NAMES } from "./messages.ts";
import { useNavigation } from "./navigation.ts";

const MESSAGES = defineMessages(
  {
    title: "Commands",
    search: "What do you want to do?",
    nothing: "Nothing of that name.",
    pages: "Pages",
    projects: "Projects",
    more: "More",
    newKey: "Create a key",
    dark: "Dark theme",
    light: "Light theme",
    system: "Theme of the system",
    signOut: "Sign out",
    close: "Close",
  },
  {
    title: "Befehle",
    search: "Was möchten Sie tun?",
    nothing: "Nichts mit diesem Namen.",
    pages: "Seiten",
    projects: "Projekte",
    more: "Mehr",
    newKey: "Schlüssel erstellen",
    dark: "Dunkle Farben",
    light: "Helle Farben",
    system: "Farben des Systems",
    signOut: "Abmelden",
    close: "Schließen",
  },
);

/** Everything that the console does from the keyboard: pages, projects, theme. */
export default function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const names = useTexts(PAGE_NAMES);
  const navigate = useNavigate();
  const navigation = useNavigation();
  const { projects } = useProjects();
  const setTheme = usePreferences(({ setTheme: set }) => set);
  const run = (action: () => unknown) => () => {
    onClose();
    void action();
  };
  return (
    <Dialog title={t("title")} onClose={onClose}>
      <Command label={t("title")} className="palette">
        <Command.Input placeholder={t("search")} aria-label={t("search")} autoFocus />
        <Command.List label={t("title")}>
          <Command.Empty>{t("nothing")}</Command.Empty>
          <Command.Group heading={t("pages")}>
            {navigation.map(({ name, link }) => (
              <Command.Item key={name} onSelect={run(() => navigate(link))}>
                {names(name)}
              </Command.Item>
            ))}
            <Command.Item onSelect={run(() => navigate({ to: "/keys", search: { new: true } }))}>
              {t("newKey")}
            </Command.Item>
          </Command.Group>
          <Command.Group heading={t("projects")}>
            {projects.map(({ id, name }) => (
              <Command.Item
                key={id}
                value={`${name} ${id}`}
                translate="no"
                onSelect={run(() => navigate({ to: ".", search: { project: id } }))}
              >
                {name}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading={t("more")}>
            {THEMES.map((theme) => (
              <Command.Item key={theme} onSelect={run(() => setTheme(theme))}>
                {t(theme)}
              </Command.Item>
            ))}
            <Command.Item onSelect={run(signOut)}>{t("signOut")}</Command.Item>
          </Command.Group>
        </Command.List>
      </Command>
      <div className="actions">
        <button type="button" className="button quiet" onClick={onClose}>
          {t("close")}
        </button>
      </div>
    </Dialog>
  );
}
