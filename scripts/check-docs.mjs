// Fails if something that the package exports, or a member of it, has no doc comment.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = Object.values(exports)
  .filter((entry) => entry.types)
  .map((entry) => join(root, entry.types));

const program = ts.createProgram(entries, {
  module: ts.ModuleKind.Node16,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  skipLibCheck: true,
});
const checker = program.getTypeChecker();
const missing = new Set();

// Members whose name says all that there is to say.
const SELF_EVIDENT = /^(\[Symbol\..*|__@.*|constructor|__constructor|prototype|clone|stack)$/;

function isOurs(declaration) {
  return declaration.getSourceFile().fileName.startsWith(join(root, 'dist'));
}

function check(symbol, path) {
  const declarations = (symbol.getDeclarations() ?? []).filter(isOurs);
  if (declarations.length === 0) return;
  if (symbol.getDocumentationComment(checker).length === 0) missing.add(path);
  for (const declaration of declarations) {
    if (!ts.isClassDeclaration(declaration) && !ts.isInterfaceDeclaration(declaration)) continue;
    for (const member of declaration.members) {
      const name = member.name?.getText();
      if (name === undefined || name.startsWith('#') || SELF_EVIDENT.test(name)) continue;
      if (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) continue;
      const documented =
        ts.getJSDocCommentsAndTags(member).length > 0 ||
        checker.getSymbolAtLocation(member.name)?.getDocumentationComment(checker).length > 0;
      // An option or property whose type is a documented name of ours needs no second sentence.
      if (!documented && !namedByItsType(member)) missing.add(`${path}.${name}`);
    }
  }
}

function namedByItsType(member) {
  if (!member.type || (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member))) {
    return false;
  }
  const names = ts.isTypeReferenceNode(member.type) || member.type.getText() === 'number';
  return (
    names || member.type.kind === ts.SyntaxKind.BooleanKeyword || ts.isLiteralTypeNode(member.type)
  );
}

for (const entry of entries) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol =
      exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    check(symbol, exported.name);
  }
}
for (const path of [...missing].sort()) console.error(`no doc comment: ${path}`);
process.exit(missing.size === 0 ? 0 : 1);
