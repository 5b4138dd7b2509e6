// @ts-check
import { readdirSync } from "node:fs";
import eslint from "@eslint/js";
import prettier from "eslint-config-prettier";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const core = "packages/summarizer/src";

const runsEverywhere = "runs in browsers and on edge workers too, so it names nothing that only Node has.";
const pure = "The plan is pure: the same content gives the same steps on every machine, so";
const noClock = `${pure} it reads no clock. Take a time as an argument, from the Clock port.`;
const noChance = `${pure} it draws no random numbers.`;
const noAsync = `${pure} it never waits. What waits belongs in execute/.`;
const noOutside = `${pure} it reads nothing from outside. Take it as an argument.`;
const noLocale = `${pure} it does not depend on the machine's locale.`;

/**
 * @param {readonly string[]} names
 * @param {string} message
 */
const globals = (names, message) => names.map((name) => ({ name, message }));

/**
 * @param {readonly string[]} selectors
 * @param {string} message
 */
const syntax = (selectors, message) => selectors.map((selector) => ({ selector, message }));

/**
 * A folder of the core that may import only some of the others.
 *
 * @param {string} folder
 * @param {readonly string[]} allowed
 */
const mayImportOnly = (folder, allowed) => ({
  target: `./${core}/${folder}`,
  from: `./${core}`,
  except: allowed.map((other) => `./${other}`),
  message: `${folder}/ imports only from ${allowed.join("/ and ")}/: dependencies point one way.`,
});

export default defineConfig(
  // What stands in consumer/ runs in another project, against the published packages.
  globalIgnores(["**/dist/", "**/coverage/", ".bench/", "test/packages/consumer/", "test/readme/generated/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },

  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX },
    settings: {
      "import-x/extensions": [".ts", ".js"],
      "import-x/resolver-next": [
        createNodeResolver({ extensions: [".ts", ".js"], extensionAlias: { ".js": [".ts", ".js"] } }),
      ],
    },
    rules: {
      eqeqeq: "error",
      "max-lines": ["error", 400],
      // Names are spelled out.
      "id-length": ["error", { min: 2, properties: "never", exceptions: ["_"] }],
      "id-denylist": [
        "error",
        ...["acc", "arr", "buf", "cb", "cfg", "ctx", "err", "fn", "idx", "len", "msg", "num", "obj", "opts"],
        ...["prev", "req", "res", "str", "tmp", "val"],
      ],
      // Without the option it reads every library too, most of the time that linting takes.
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "import-x/no-self-import": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Callers who write JavaScript pass what the types forbid, and options are checked for them.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // The reason of an AbortSignal is whatever the caller gave, and it is passed on as it is.
      "@typescript-eslint/only-throw-error": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      "@typescript-eslint/prefer-promise-reject-errors": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // A port may be answered without waiting: a method that is async to keep its type is fine.
      "@typescript-eslint/require-await": "off",
    },
  },

  // A package imports what its own package.json promises to bring.
  ...readdirSync(`${import.meta.dirname}/packages`).map((name) => ({
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      "import-x/no-extraneous-dependencies": [
        "error",
        { devDependencies: false, packageDir: `${import.meta.dirname}/packages/${name}` },
      ],
    },
  })),

  {
    files: [
      "packages/{summarizer,extractive,queue,batch,postgres-store,virtual-memory,metrics,anthropic,openai}/src/**/*.ts",
    ],
    rules: {
      "import-x/no-nodejs-modules": "error",
      "no-console": "error",
      "no-restricted-globals": [
        "error",
        ...globals(
          [
            "process",
            "Buffer",
            "global",
            "require",
            "__filename",
            "__dirname",
            "setImmediate",
            "clearImmediate",
          ],
          `This package ${runsEverywhere}`,
        ),
      ],
    },
  },
  {
    files: [`${core}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: "^@gro/", message: "Every package may import the core; the core imports none." },
          ],
        },
      ],
      "import-x/no-restricted-paths": [
        "error",
        { zones: [mayImportOnly("plan", ["plan", "errors"]), mayImportOnly("ports", ["plan", "ports"])] },
      ],
    },
  },
  {
    files: [`${core}/ports/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^[^.]", message: "A port is an interface of ours: it knows no library." }] },
      ],
    },
  },
  {
    files: [`${core}/plan/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^(?!\\.|@noble/hashes(/|$))",
              message: "The plan imports only itself and @noble/hashes.",
            },
          ],
        },
      ],
      "no-restricted-globals": [
        "error",
        ...globals(["Date", "performance"], noClock),
        ...globals(["crypto"], noChance),
        ...globals(["Promise", "setTimeout", "setInterval", "setImmediate", "queueMicrotask"], noAsync),
        ...globals(["globalThis", "process", "Buffer", "fetch", "navigator"], noOutside),
      ],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: noChance },
        ...["toLocaleLowerCase", "toLocaleUpperCase", "toLocaleString", "localeCompare"].map((property) => ({
          property,
          message: noLocale,
        })),
      ],
      "no-restricted-syntax": [
        "error",
        ...syntax(
          [
            ":function[async=true]",
            "AwaitExpression",
            "ForOfStatement[await=true]",
            "ImportExpression",
            "TSTypeReference > Identifier[name=/^(Promise|Async)/]",
          ],
          noAsync,
        ),
      ],
    },
  },

  // Tests and benchmarks name methods without calling them.
  { files: ["{test,bench}/**/*.ts"], rules: { "@typescript-eslint/unbound-method": "off" } },

  // Configuration and launchers in plain JavaScript stand outside every tsconfig.
  { files: ["**/*.{js,mjs,cjs}"], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
);
