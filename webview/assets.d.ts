// What esbuild.mjs makes of files that are not code: CSS goes to a file beside the script, SVG becomes its text.
declare module '*.css';
declare module '*.svg' {
  const text: string;
  export default text;
}
