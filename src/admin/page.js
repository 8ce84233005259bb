// Every few seconds (data-every) the page is fetched anew, and what changed in it is put
// in place of the old: a section that is as it was stays untouched, so that a
// screen reader is told of changes only. Not while nobody looks. When the
// gateway does not answer, the page says so and turns pale.
'use strict';
const EVERY_MS = 1000 * document.body.dataset.every;
const parser = new DOMParser();

function merge(fresh) {
	const old = document.querySelector('main');
	const sections = fresh.querySelectorAll('main > section');
	const names = new Set([...sections].map((s) => s.id));
	let last = null;

	for (const section of sections) {
		const here = document.getElementById(section.id);
		if (here === null)
			old.insertBefore(section, last ? last.nextSibling
			    : old.firstChild);
		else if (here.innerHTML !== section.innerHTML) {
			here.className = section.className;
			here.replaceChildren(...section.childNodes);
		}
		last = document.getElementById(section.id);
	}
	for (const section of [...old.children])
		if (!names.has(section.id))
			section.remove();
	document.getElementById('as-of').replaceChildren(
	    ...fresh.getElementById('as-of').childNodes);
	document.title = fresh.title;
	document.querySelector('link[rel=icon]').href =
	    fresh.querySelector('link[rel=icon]').getAttribute('href');
}

function tell(isLost) {
	document.body.classList.toggle('stale', isLost);
	document.getElementById('lost').hidden = !isLost;
}

async function refresh() {
	try {
		if (!document.hidden) {
			const answer = await fetch(location.href,
			    { cache: 'no-store' });
			if (!answer.ok)
				throw new Error(String(answer.status));
			merge(parser.parseFromString(await answer.text(),
			    'text/html'));
			tell(false);
		}
	} catch {
		tell(true);
	}
	setTimeout(refresh, EVERY_MS);
}
setTimeout(refresh, EVERY_MS);
