import { withSection } from '../../bench/section.cjs';

const PAGE = withSection(
	withSection('', 'real', '# Real\n\nslow'),
	'package',
	'# Package\n\nsmall',
);

test('a section that is not there yet comes last', () => {
	expect(PAGE.indexOf('slow')).toBeGreaterThan(0);
	expect(PAGE.indexOf('small')).toBeGreaterThan(PAGE.indexOf('slow'));
});

test('a renewed section stays in its place and leaves the others as they are', () => {
	const renewed = withSection(PAGE, 'real', '# Real\n\nfast');
	expect(renewed).toBe(PAGE.replace('slow', 'fast'));
	expect(withSection(renewed, 'real', '# Real\n\nfast')).toBe(renewed);
});
