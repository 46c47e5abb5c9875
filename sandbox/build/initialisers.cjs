const fs = require('node:fs/promises');
const ts = require('typescript');

/** @param {string} file */
async function parsed(file) {
	const text = await fs.readFile(file, 'utf8');
	return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/**
 * The source with other text in the place of some of its nodes.
 * @param {ts.SourceFile} source
 * @param {{ node: ts.Node, text: string }[]} changes none within another
 */
function changed(source, changes) {
	const fromTheEnd = [...changes].sort((one, other) => other.node.end - one.node.end);
	return fromTheEnd.reduce(
		(text, { node, text: instead }) =>
			text.slice(0, node.getStart(source)) + instead + text.slice(node.end),
		source.text,
	);
}

/**
 * What the variables of a module, and of it alone, are set to when it is loaded.
 * @param {ts.SourceFile} source
 */
const initialisers = (source) =>
	source.statements
		.filter((statement) => ts.isVariableStatement(statement))
		.flatMap(({ declarationList }) => [...declarationList.declarations])
		.flatMap(({ initializer }) => initializer ?? []);

module.exports = { changed, initialisers, parsed };
