// Puts jasmine's describe, it, expect into the globals, where tfjs-core's tests look for them. Imported before any test.

import jasmineRequire from 'jasmine-core';

jasmineRequire.boot();
jasmine.getEnv().configure({ forbidDuplicateNames: false }); // tfjs has two suites named "div"
