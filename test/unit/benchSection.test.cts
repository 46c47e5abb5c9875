import { withSection } from '../../bench/section.cjs';

const PAGE = withSection(
	withSection('', 'real', '# Real\n\nslow'),
	'package',
	'# Package\n\nsmall',
);

test('a new section of a page is added at its end', () => {
	expect(PAGE.indexOf('slow')).toBeGreaterThan(0);
	expect(PAGE.indexOf('small')).toBeGreaterThan(PAGE.indexOf('slow'));
});

test('a section of a page is replaced in its place', () => {
	const renewed = withSection(PAGE, 'real', '# Real\n\nfast');
	expect(renewed).toBe(PAGE.replace('slow', 'fast'));
	expect(withSection(renewed, 'real', '# Real\n\nfast')).toBe(renewed);
});
