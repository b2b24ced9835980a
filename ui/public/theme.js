// Sets the theme before the first paint; the preferences of the agent follow once they are loaded.
(function () {
  var theme = 'system';
  try {
    theme = localStorage.getItem('docket.theme') || 'system';
  } catch (error) {
    theme = 'system';
  }
  var dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
