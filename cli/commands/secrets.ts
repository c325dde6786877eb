import { Command } from "commander";
import { type Listing, printJson, printLines, printTable } from "../api/print.ts";
import { Failure } from "../failure.ts";
import { newValue } from "../secrets/new-value.ts";
import { type SecretsOptions, checkReference, openSecrets } from "../secrets/open-secrets.ts";
import type { KeptSecret } from "../secrets/secret-files.ts";

type Options = SecretsOptions & { readonly json?: true };

const EXIT_CODES = "Exit codes: 0 done; 1 not, or not there; 2 wrong usage.";

const LISTING: Listing<KeptSecret> = {
  columns: [
    { title: "SECRET", cell: ({ reference }) => reference },
    { title: "UPDATED", cell: ({ updatedAt }) => updatedAt },
  ],
  empty: "there are no secrets; `fmesh secrets set` keeps one",
};

/** `fmesh secrets`: what functions of this machine get by reference. */
export function secretsCommand(): Command {
  const secrets = new Command("secrets")
    .summary("keep secrets for functions of this machine")
    .description(
      "Keeps the secrets that functions of a project refer to, in files that only this user can read: a name and a key of it.\n" +
        "Their values are never shown. Instances that start from then on get them.",
    )
    .addHelpText(
      "after",
      `
Examples:
  fmesh secrets set stripe/api-key
  fmesh functions update pay --secret STRIPE_KEY=stripe/api-key

${EXIT_CODES}`,
    );
  for (const command of [setCommand(), listCommand(), removeCommand()]) secrets.addCommand(command);
  return secrets;
}

function setCommand(): Command {
  return withOptions(
    new Command("set")
      .summary("keep a secret")
      .description(
        "Keeps a secret, in place of one that was there. Its value is asked for, or read from the standard input, where a line break " +
          "at its end is left out.",
      )
      .argument("<reference>", "its name and key: stripe/api-key"),
  )
    .addHelpText(
      "after",
      `\nExamples:\n  fmesh secrets set stripe/api-key\n  fmesh secrets set shop/tls.key < tls.key\n\n${EXIT_CODES}`,
    )
    .action(async (reference: string, options: Options) => {
      checkReference(reference);
      const files = await openSecrets(options);
      await files.set(reference, await newValue(reference));
      if (options.json === true) printJson({ reference });
      else printLines([`kept "${reference}"`]);
    });
}

function listCommand(): Command {
  return withOptions(
    new Command("list")
      .summary("list the secrets there are")
      .description("Lists the secrets there are, without their values."),
  )
    .addHelpText("after", `\nExamples:\n  fmesh secrets list\n  fmesh secrets list --json\n\n${EXIT_CODES}`)
    .action(async (options: Options) => {
      const kept = await (await openSecrets(options)).list();
      if (options.json === true) printJson(kept);
      else printTable(LISTING, kept);
    });
}

function removeCommand(): Command {
  return withOptions(
    new Command("remove")
      .summary("remove a secret")
      .description("Removes a secret. Instances that run go on with it; others that need it do not start any more.")
      .argument("<reference>", "its name and key: stripe/api-key"),
  )
    .addHelpText("after", `\nExample:\n  fmesh secrets remove stripe/api-key\n\n${EXIT_CODES}`)
    .action(async (reference: string, options: Options) => {
      checkReference(reference);
      const files = await openSecrets(options);
      if (!(await files.remove(reference))) throw new Failure(`there is no secret "${reference}"`);
      if (options.json === true) printJson({ reference });
      else printLines([`removed "${reference}"`]);
    });
}

function withOptions(command: Command): Command {
  return command
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "project; may be left out when there is only one")
    .option("--json", "print JSON");
}
