// Loads the package and uses nothing of it.
require('framewire');
console.log('loaded');
