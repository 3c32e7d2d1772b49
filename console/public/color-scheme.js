// Runs before the first paint so that a dark console never flashes white. A file of its own, because the
// content security policy allows no inline script.
(() => {
  let wanted = 'auto';
  try {
    wanted = localStorage.getItem('vigie.color-scheme') ?? 'auto';
  } catch {
    wanted = 'auto'; // Storage is blocked: follow the system.
  }
  const dark = wanted === 'dark' || (wanted === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-color-scheme', dark ? 'dark' : 'light');
})();
