// Fetches the page anew every five seconds and puts its main part in place of
// the old one. While that fails the old one is shown pale.
'use strict';
const parser = new DOMParser();
async function refresh() {
	try {
		const answer = await fetch(location.href, { cache: 'no-store' });
		if (!answer.ok)
			throw new Error(answer.status);
		const fresh = parser.parseFromString(await answer.text(),
		    'text/html');
		document.querySelector('main').replaceWith(
		    fresh.querySelector('main'));
		document.title = fresh.title;
		document.body.classList.remove('stale');
	} catch {
		document.body.classList.add('stale');
	}
	setTimeout(refresh, 5000);
}
setTimeout(refresh, 5000);
