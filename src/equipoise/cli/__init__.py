"""The command line: one file per verb, each a thin shell around one public function of the engine.

Verbs, options, exit codes and the shape of `--json` are a contract (algebra.md section 11) that scripts rely on:
0 done · 1 done, with findings of severity error under `--strict`, or a case that failed · 2 the call is wrong · 3 the
input is refused · 4 interrupted · 70 our bug. With `--json` exactly one object goes to stdout and all else to stderr.
"""
