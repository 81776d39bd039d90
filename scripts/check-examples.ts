// Type-checks the JavaScript and TypeScript of all Markdown, as whoever pastes it into a strict .ts file would.
// One program for all of them; the examples are files in memory, whose lines are those of the Markdown.

import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

import { examplePrograms } from './examples/example-programs';
import { markdownFiles } from './markdown-files';

const root = resolve(import.meta.dirname, '..');

/** What `tsc --init` of TypeScript 6 writes about strictness and modules, and the condition that leads to our sources. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  customConditions: ['@semmae/source'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: true,
  noEmit: true,
};

const started = performance.now();
const failures: string[] = [];
const sources = new Map<string, { markdown: string; text: string }>();
let fragmentCount = 0;
for (const markdown of markdownFiles(root)) {
  const path = relative(root, markdown);
  try {
    const { programs, fragments } = examplePrograms(readFileSync(markdown, 'utf8'));
    fragmentCount += fragments.length;
    for (const { line, source } of programs) {
      const name = join(dirname(markdown), `${basename(markdown, '.md')}-${line}.example.mts`);
      sources.set(name, { markdown: path, text: source });
    }
  } catch (error) {
    failures.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const program = ts.createProgram({ rootNames: [...sources.keys()], options, host: hostWithExamples() });
failures.push(...[...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()].map(describe));
for (const name of sources.keys()) {
  const file = program.getSourceFile(name)!;
  failures.push(...[...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(describe));
}

for (const failure of failures) console.error(failure);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${sources.size} examples, ${fragmentCount} marked as fragments, ${failures.length} errors, ${seconds} s`);
process.exitCode = failures.length === 0 ? 0 : 1;

function hostWithExamples(): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  // Our sources import each other without extensions, as a bundler resolves them; the examples are Node's.
  const ours = { ...options, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const cache = (some: ts.CompilerOptions) => ts.createModuleResolutionCache(root, (name) => name, some);
  const [caches, exampleCaches] = [cache(ours), cache(options)];
  return {
    ...host,
    fileExists: (name) => sources.has(name) || host.fileExists(name),
    readFile: (name) => sources.get(name)?.text ?? host.readFile(name),
    getSourceFile: (name, language, ...others) => {
      const example = sources.get(name);
      return example
        ? ts.createSourceFile(name, example.text, language)
        : host.getSourceFile(name, language, ...others);
    },
    resolveModuleNameLiterals: (literals, file, redirected, fileOptions, containing) =>
      literals.map((literal) => {
        const mode = ts.getModeForUsageLocation(containing, literal, fileOptions);
        return /\/node_modules\/|\.example\.mts$/.test(file)
          ? ts.resolveModuleName(literal.text, file, options, host, exampleCaches, redirected, mode)
          : ts.resolveModuleName(literal.text, file, ours, host, caches, redirected);
      }),
  };
}

/** `packages/vit/README.md:16: error TS2345: ...`, with the line of the Markdown. */
function describe({ file, start, code, messageText }: ts.Diagnostic): string {
  const message = `error TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  if (file === undefined || start === undefined) return message;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${sources.get(file.fileName)?.markdown ?? relative(root, file.fileName)}:${line + 1}: ${message}`;
}
