const { n8n } = require('./package.json');

/** The built credential and node classes by name, so that the package can be required. */
module.exports = Object.assign(
	{},
	...[...n8n.credentials, ...n8n.nodes].map((file) => require(`./${file}`)),
);
