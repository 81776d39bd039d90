// The terminal around stages, for programs of one's own: Ctrl-C, one-line errors, exit codes and progress.

export { type RunProgramOptions, runProgram } from './terminal/run-program';
export { type StageProgress, stageProgress } from './terminal/stage-progress';
export { type TerminalProgress, terminalProgress } from './terminal/terminal-progress';
