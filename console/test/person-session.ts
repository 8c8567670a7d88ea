/** A response of `/session` for a person with these projects; keys end in `seconds`. */
export function personSession(
  projects: readonly { id: string; name: string; role: string }[],
  key: string,
  seconds = 900,
) {
  const expires_at = Math.floor(Date.now() / 1000) + seconds;
  const [first] = projects;
  return {
    id: "session_1",
    user: { id: "user-ada", email: "ada@example.com", name: "Ada" },
    control: { key, expires_at },
    projects,
    project_key: first === undefined ? null : { project_id: first.id, key: "sk-sl-person", expires_at },
    expires_at: expires_at + 86_400,
  };
}
