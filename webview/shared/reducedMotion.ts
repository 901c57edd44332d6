/** Whether one wants little to move: by the system, or by the editor's setting `workbench.reduceMotion`. */
export function wantsReducedMotion(): boolean {
  return (
    matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion')
  );
}
