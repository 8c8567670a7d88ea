import { useTexts } from "../../i18n/translate.ts";
import { SCOPE_MESSAGES } from "./scope-messages.ts";
import { scopeGroups, textKeyOf } from "./scopes.ts";

interface ScopeChoiceProps {
  /** Whether permissions of one project are chosen. */
  readonly isOfProject: boolean;
  readonly permissions: readonly string[];
  readonly onChange: (permissions: readonly string[]) => void;
}

/** Permissions to choose, by subject. Chosen ones of a newer release stay. */
export function ScopeChoice({ isOfProject, permissions, onChange }: ScopeChoiceProps) {
  const s = useTexts(SCOPE_MESSAGES);
  const toggle = (scope: string, isOn: boolean) =>
    onChange(isOn ? [...permissions, scope] : permissions.filter((one) => one !== scope));
  return (
    <>
      {scopeGroups(isOfProject).map(([group, scopes]) => (
        <fieldset key={group} className="scopes">
          <legend>{s(`of_${group}`)}</legend>
          {scopes.map((scope) => (
            <label key={scope}>
              <input
                type="checkbox"
                checked={permissions.includes(scope)}
                onChange={({ target }) => toggle(scope, target.checked)}
              />{" "}
              {s(textKeyOf(scope))}
            </label>
          ))}
        </fieldset>
      ))}
    </>
  );
}
