// Shows developers what the provider's API would answer.

const { refusal } = JSON.parse(document.getElementById('page-data').textContent);

document.addEventListener('DOMContentLoaded', () => {
  if (refusal === null) return;
  const fields = (refusal.errors ?? []).map(({ message }) => message);
  const detail = document.getElementById('refusal');
  detail.textContent = [`${refusal.error_code} ${refusal.error_message}`, ...fields].join(' · ');
  detail.hidden = false;
});
