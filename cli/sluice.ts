import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { controlTableName } from "../contracts/processes/names.ts";
import { environmentNames } from "../environments/load.ts";
import { ownVersion } from "../lib/installation.ts";
import { workFolder } from "../local/folders.ts";
import { readState } from "../local/state-file.ts";
import type { AdminTools } from "./admin/admin-endpoint.ts";
import { providersCommand } from "./admin/providers-command.ts";
import { routesCommand } from "./admin/routes-command.ts";
import { SecretStore } from "./admin/secret-store.ts";
import { targetsCommand } from "./admin/targets-command.ts";
import { adminKeysCommand } from "./admin-keys/admin-keys-command.ts";
import { ControlTable } from "./admin-keys/control-table.ts";
import { auditCommand } from "./audit/audit-command.ts";
import { bootstrapCommand } from "./bootstrap/bootstrap-command.ts";
import { cacheCommand } from "./cache-command.ts";
import { catalogueFile } from "./catalogue-file.ts";
import { billingCommand } from "./control/billing-command.ts";
import { budgetsCommand } from "./control/budgets-command.ts";
import type { ControlTools } from "./control/control-endpoint.ts";
import { creditsCommand } from "./control/credits-command.ts";
import { limitsCommand } from "./control/limits-command.ts";
import { spendAlertsCommand } from "./control/spend-alerts-command.ts";
import { costsCommand, usageCommand } from "./control/usage-command.ts";
import { webhooksCommand } from "./control/webhooks-command.ts";
import { costCommand } from "./cost/cost-command.ts";
import { costTools } from "./cost/cost-tools.ts";
import { deployCommand, destroyCommand, planCommand } from "./deploy-command.ts";
import { doctorCommand } from "./doctor/doctor-command.ts";
import { environmentsCommand } from "./environments-command.ts";
import { eraseCommand } from "./erasure/erase-command.ts";
import { holdCommand } from "./erasure/hold-command.ts";
import { ssmImageStore } from "./images/image-store.ts";
import { imagesCommand } from "./images/images-command.ts";
import { initCommand } from "./init/init-command.ts";
import { initTools } from "./init/init-tools.ts";
import { canCommand } from "./keys/can-command.ts";
import { DynamoKeyRegistry } from "./keys/key-registry.ts";
import { findKeyTable } from "./keys/key-table.ts";
import { keysCommand } from "./keys/keys-command.ts";
import type { KeysTools } from "./keys/with-keys.ts";
import { keyOfLogin } from "./login/exchanged-key.ts";
import { type LoginTools, loginCommand, logoutCommand, tokenCommand, whoamiCommand } from "./login/login-command.ts";
import { LoginStore, loginFolder } from "./login/login-store.ts";
import { openPage } from "./login/open-page.ts";
import { modelsCommand } from "./models/models-command.ts";
import { operatorTools } from "./operator/operator-tools.ts";
import { permissionsCommand } from "./permissions/permissions-command.ts";
import { coveringCommand } from "./prices/covering-command.ts";
import { awsPriceList } from "./prices/price-list.ts";
import { pricesCommand } from "./prices/prices-command.ts";
import { retentionCommand } from "./retention/retention-command.ts";
import { startCommand, synthCommand } from "./run-commands.ts";
import { showCommand } from "./show-command.ts";
import { lockCommand } from "./stacks/lock-command.ts";
import { adjustmentsCommand } from "./statements/adjustments-command.ts";
import { amendCommand } from "./statements/amend-command.ts";
import { backfillCommand } from "./statements/backfill-command.ts";
import { exportCommand } from "./statements/export-command.ts";
import { recountCommand } from "./statements/recount-command.ts";
import { statementsCommand } from "./statements/statements-command.ts";
import { hiddenPrompt } from "./terminal/hidden-prompt.ts";
import { printable, printableLine } from "./terminal/printable.ts";
import { UserError } from "./terminal/user-error.ts";
import { topCommand } from "./top/top-command.ts";
import { upgradeCommand } from "./upgrade/upgrade-command.ts";
import { upgradeTools } from "./upgrade/upgrade-tools.ts";
import { validateCommand } from "./validate-command.ts";
import { cloudWatchFacts } from "./verify/cloudwatch-facts.ts";
import { integrationFacts } from "./verify/integration-facts.ts";
import { temporaryKey } from "./verify/temporary-key.ts";
import { verifyCommand } from "./verify/verify-command.ts";

const print = (text: string) => console.log(printable(text));
const operator = operatorTools();
const { stdin: input, stderr: output } = process;
const admin: AdminTools = {
  print,
  // `targets list` shows the targets of one gateway, so the admin commands call a gateway and not the API.
  localUrl: () => readState(workFolder(process.env))?.processes.find(({ role }) => role === "gateway")?.url,
  variable: (name: string) => process.env[name],
  ...(input.isTTY ? { hiddenPrompt: (text: string) => hiddenPrompt(text, { input, output }) } : {}),
  secretStore: async (options) => new SecretStore(await findKeyTable(options)),
};
const keys: KeysTools = {
  print,
  table: (options) => findKeyTable(options),
  registry: (table) => new DynamoKeyRegistry(table),
  now: () => new Date(),
};
const login: LoginTools = {
  print,
  show: (text) => console.error(printable(text)),
  localUrl: () => readState(workFolder(process.env))?.apiUrl,
  store: new LoginStore(loginFolder(process.env)),
  openPage,
  clientSecret: process.env.SLUICE_CLIENT_SECRET || undefined,
  wait: sleep,
  now: Date.now,
};
const control: ControlTools = {
  print,
  localUrl: () => readState(workFolder(process.env))?.apiUrl,
  variable: (name) => process.env[name],
  now: Date.now,
};
const program = new Command("sluice")
  .enablePositionalOptions()
  .version(ownVersion(), "--version", "print the version of Sluice")
  .description("Serve LLMs from one typed file, on AWS or on this machine.")
  .addCommand(keysCommand(keys))
  .addCommand(canCommand({ ...keys, finish: operator.finish }))
  .addCommand(
    adminKeysCommand({
      print,
      table: (options) => findKeyTable(options),
      control: ({ environment, table: keysTable, ...access }) =>
        new ControlTable({ ...access, tables: { control: controlTableName(environment), keys: keysTable } }),
      now: () => new Date(),
    }),
  )
  .addCommand(
    cacheCommand({
      print,
      localUrl: () => readState(workFolder(process.env))?.apiUrl,
      key: async (url) => process.env.SLUICE_API_KEY ?? process.env.OPENAI_API_KEY ?? (await keyOfLogin(url, login)),
      wait: sleep,
    }),
  )
  .addCommand(loginCommand(login))
  .addCommand(logoutCommand(login))
  .addCommand(whoamiCommand(login))
  .addCommand(tokenCommand(login))
  .addCommand(limitsCommand(control))
  .addCommand(budgetsCommand(control))
  .addCommand(creditsCommand(control))
  .addCommand(spendAlertsCommand(control))
  .addCommand(webhooksCommand(control))
  .addCommand(billingCommand(control))
  .addCommand(
    usageCommand(control)
      .addCommand(exportCommand(control))
      .addCommand(amendCommand(control))
      .addCommand(adjustmentsCommand(control))
      .addCommand(recountCommand(control))
      .addCommand(backfillCommand(control)),
  )
  .addCommand(statementsCommand(control))
  .addCommand(costsCommand(control))
  .addCommand(
    topCommand({
      admin,
      control,
      // Home, then the text, each line to its end, then what is below.
      show: process.stdout.isTTY
        ? (text) => void process.stdout.write(`\x1b[H${printable(text).replaceAll("\n", "\x1b[K\n")}\x1b[K\x1b[J`)
        : undefined,
      print,
      wait: sleep,
      now: Date.now,
    }),
  )
  .addCommand(providersCommand(admin))
  .addCommand(routesCommand(admin))
  .addCommand(targetsCommand(admin))
  .addCommand(
    auditCommand({
      ...operator,
      exit: (code) => process.exit(code),
      now: Date.now,
      access: (options) => findKeyTable(options),
    }),
  )
  .addCommand(eraseCommand({ ...control, wait: sleep, finish: operator.finish }))
  .addCommand(retentionCommand(control))
  .addCommand(holdCommand({ ...control, wait: sleep, finish: operator.finish }))
  .addCommand(bootstrapCommand(operator))
  .addCommand(deployCommand(operator))
  .addCommand(planCommand(operator))
  .addCommand(destroyCommand(operator))
  .addCommand(lockCommand(operator))
  .addCommand(doctorCommand(operator))
  .addCommand(
    verifyCommand({
      ...operator,
      local: () => readState(workFolder(process.env)),
      variable: (name) => process.env[name],
      facts: (access) => ({ ...cloudWatchFacts(access), ...integrationFacts(access) }),
      createKey: temporaryKey,
      now: Date.now,
    }),
  )
  .addCommand(
    modelsCommand({
      print,
      variable: (name) => process.env[name],
      get addedFile() {
        return catalogueFile("models/added.ts");
      },
    }),
  )
  .addCommand(
    pricesCommand({
      print,
      get pricesFolder() {
        return catalogueFile("prices");
      },
      priceList: (region) => awsPriceList(region),
      admin,
      now: () => new Date(),
    }).addCommand(coveringCommand(control)),
  )
  .addCommand(costCommand(costTools(print)))
  .addCommand(environmentsCommand(print, environmentNames))
  .addCommand(permissionsCommand({ ...operator, environmentNames }))
  .addCommand(imagesCommand({ ...operator, environmentNames, store: ssmImageStore }))
  .addCommand(initCommand(initTools(operator)))
  .addCommand(showCommand(print))
  .addCommand(startCommand(operator.finish))
  .addCommand(synthCommand(print))
  .addCommand(upgradeCommand(upgradeTools(operator)))
  .addCommand(validateCommand(print));

const commands = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(commands)];
for (const command of commands(program))
  command.configureOutput({
    outputError: (text, write) =>
      write(
        `sluice: ${printableLine(
          text
            .replace(/^error: /, "")
            .trim()
            .replace(/\.$/, "")
            .replaceAll("\n", " "),
        )}; run it with --help for the commands and options.\n`,
      ),
  });

try {
  await program.parseAsync();
} catch (error) {
  // The user can correct a UserError; any other error is a fault of Sluice and needs its stack trace.
  if (!(error instanceof UserError)) throw error;
  console.error(printable(`sluice: ${error.message}`));
  process.exitCode = 1;
}
