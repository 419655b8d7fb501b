// Starts `rustomize lsp` and lets it speak with the editor; everything is decided there.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const FILES = "**/{*.yaml,*.yml,*.json,*.env,*.properties,Kustomization}";

let client;

async function start(context) {
  const command = vscode.workspace.getConfiguration("rustomize").get("path") || "rustomize";
  const watcher = vscode.workspace.createFileSystemWatcher(FILES);
  const page = vscode.Uri.joinPath(context.extensionUri, "diagnostics.md").toString();
  client = new LanguageClient(
    "rustomize",
    "rustomize",
    { command, args: ["lsp"] },
    {
      documentSelector: [
        { scheme: "file", language: "yaml" },
        { scheme: "file", pattern: "**/Kustomization" },
      ],
      initializationOptions: { diagnosticsPage: page },
      synchronize: { fileEvents: watcher },
    },
  );
  context.subscriptions.push(watcher);
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(`\`${command} lsp\` does not start: ${error.message}. Set \`rustomize.path\`.`);
  }
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("rustomize.checkAll", () =>
      client?.sendRequest("workspace/executeCommand", { command: "rustomize.check", arguments: [] }),
    ),
    vscode.commands.registerCommand("rustomize.restart", () => client?.restart()),
  );
  await start(context);
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
