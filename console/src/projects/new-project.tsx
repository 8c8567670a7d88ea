import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../api/queries.ts";
import { Problem } from "../components/problem.tsx";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { useSession } from "../session/session.ts";
import { PROJECTS_QUERY } from "./projects.ts";

const MESSAGES = defineMessages(
  {
    title: "Begin with a project",
    lead: "Keys, limits and costs belong to a project.",
    person: "You are in no project yet. An owner of the organisation adds you to one.",
    name: "Name of the project",
    create: "Create project",
  },
  {
    title: "Beginnen Sie mit einem Projekt",
    lead: "Schlüssel, Grenzen und Kosten gehören zu einem Projekt.",
    person: "Sie sind noch in keinem Projekt. Ein Eigentümer der Organisation fügt Sie zu einem hinzu.",
    name: "Name des Projekts",
    create: "Projekt anlegen",
  },
);

/** In place of a page about a project where there is none. */
export function NewProject() {
  const t = useTexts(MESSAGES);
  const isAdministrator = useSession(({ session }) => session.kind === "admin-key");
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => api.call("createProject", { body: { name } }),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: PROJECTS_QUERY });
      await navigate({ to: ".", search: { project: id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <section className="empty">
      <h2>{t("title")}</h2>
      <p>{isAdministrator ? t("lead") : t("person")}</p>
      {isAdministrator ? (
        <form className="inline-form" onSubmit={submit}>
          <label htmlFor="project-name">{t("name")}</label>
          <input
            id="project-name"
            required
            maxLength={100}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          <button type="submit" className="button primary" aria-disabled={create.isPending}>
            {t("create")}
          </button>
        </form>
      ) : undefined}
      {create.error === null ? undefined : <Problem error={create.error} />}
    </section>
  );
}
