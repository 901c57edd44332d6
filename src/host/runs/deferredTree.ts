import * as vscode from 'vscode';

/** A tree whose provider is made later: the view can be registered before what it shows is loaded. */
export class DeferredTree<Node> implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  private provider: Promise<vscode.TreeDataProvider<Node>> | undefined;
  private subscription: vscode.Disposable | undefined;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly load: () => Promise<vscode.TreeDataProvider<Node>>) {}

  async getChildren(node?: Node): Promise<Node[]> {
    return (await (await this.loaded()).getChildren(node)) ?? [];
  }

  async getTreeItem(node: Node): Promise<vscode.TreeItem> {
    return (await this.loaded()).getTreeItem(node);
  }

  dispose(): void {
    this.subscription?.dispose();
    this.changed.dispose();
  }

  private loaded(): Promise<vscode.TreeDataProvider<Node>> {
    this.provider ??= this.load().then((provider) => {
      // Rows are refreshed one by one, as RunTree does; a provider that names several at once is refreshed whole.
      this.subscription = provider.onDidChangeTreeData?.((node) =>
        this.changed.fire(Array.isArray(node) || node === null || node === undefined ? undefined : node),
      );
      return provider;
    });
    return this.provider;
  }
}
